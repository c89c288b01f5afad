using System.Buffers.Binary;
using System.IO.Hashing;
using System.Reflection;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using MfsHa.Admin.Contract;
using MfsHa.Cluster.MetadataFiles;
using MfsHa.Consensus;
using MfsHa.Metadata.Kernel;
using MfsHa.MetadataFile;
using MfsHa.Node.Admin;
using MfsHa.NodeLink;
using MfsHa.Storage;

namespace MfsHa.Node.Hosting;

/// <summary>Streams the cluster's metadata as a metadata.mfs, in bounded memory: a piece is made when the one before is sent.</summary>
internal sealed class MetadataExport(MetadataCuts cuts, TimeProvider clock)
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Pieces, then the end.</summary>
    /// <exception cref="AdminException">Refused or impossible now.</exception>
    public async IAsyncEnumerable<ExportedMetadata> RunAsync(MetadataFileFormat format, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var wanted = format switch
        {
            MetadataFileFormat._30 => MetadataFormat.Version3,
            MetadataFileFormat._4X => MetadataFormat.Version4,
            _ => throw new AdminException(AdminFailure.Refused, "the format must be 3.0 or 4.x"),
        };
        using var cut = await OpenAsync(cancellation).ConfigureAwait(false);
        using var writer = Begin(cut, wanted);
        var hash = new XxHash3();
        while (await NextAsync(writer, cancellation).ConfigureAwait(false) is { } piece)
        {
            Add(hash, piece);
            yield return new ExportedMetadata { Piece = new ExportedPiece { Offset = (ulong)piece.Offset, Data = ByteString.CopyFrom(piece.Bytes.Span) } };
        }

        yield return new ExportedMetadata { End = End(writer, cut, hash.GetCurrentHashAsUInt64()) };
    }

    private static void Add(XxHash3 hash, FilePiece piece)
    {
        Span<byte> offset = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(offset, (ulong)piece.Offset);
        hash.Append(offset);
        hash.Append(piece.Bytes.Span);
    }

    private static async Task<FilePiece?> NextAsync(MetadataFileWriter writer, CancellationToken cancellation)
    {
        try
        {
            return await OwnThread.RunAsync(() => writer.ReadNext(PieceBytes), cancellation).ConfigureAwait(false);
        }
        catch (MetadataFileException e)
        {
            throw new AdminException(AdminFailure.Refused, e.Message);
        }
    }

    private ExportedEnd End(MetadataFileWriter writer, MetadataCut cut, ulong checksum)
    {
        var report = writer.Report;
        var end = new ExportedEnd
        {
            Length = (ulong)writer.Length,
            Checksum = checksum,
            MetaId = writer.MetaId,
            Version = writer.Version,
            PauseMicroseconds = (ulong)cut.Pause.TotalMicroseconds,
            SettledTransactions = (uint)cut.Settled,
            MfshaVersion = typeof(MetadataExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            UnixSeconds = (ulong)clock.GetUtcNow().ToUnixTimeSeconds(),
            Inodes = (ulong)report.Inodes,
            Entries = (ulong)report.Entries,
            Chunks = (ulong)report.Chunks,
            Sessions = (ulong)report.Sessions,
            ChunkServers = (ulong)report.ChunkServers,
            LossCount = (ulong)report.LossCount,
        };
        end.Losses.AddRange(report.Losses);
        end.Positions.Add(PositionOf(cut.System));
        end.Positions.AddRange(cut.Shards.Select(PositionOf));
        return end;
    }

    private static GroupPosition PositionOf(StateTables group) =>
        new() { Group = group.Group, Index = (ulong)group.Position.Index, Term = (ulong)group.Position.Term };

    private async Task<MetadataCut> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            return await cuts.OpenAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or PeerUnavailableException or ProposalRejectedException or RpcException)
        {
            throw new AdminException(AdminFailure.Unavailable, e.Message);
        }
    }

    private MetadataFileWriter Begin(MetadataCut cut, MetadataFormat format)
    {
        try
        {
            return new MetadataFileWriter(new MetadataSource(cut.Shards, cut.System, (uint)clock.GetUtcNow().ToUnixTimeSeconds()), format);
        }
        catch (MetadataFileException e)
        {
            throw new AdminException(AdminFailure.Refused, e.Message);
        }
    }
}

using System.Globalization;
using Grpc.Core;
using MfsHa.Admin.Contract;
using MfsHa.Admin.Exports;
using MfsHa.MetadataFile;
using MfsHa.MetadataFile.Backups;

namespace MfsHa.Admin.Backups;

/// <summary>Writes a backup: the manifest gets its name first, then the metadata.mfs, so that what has the backup's name is whole.</summary>
internal static class BackupWriter
{
    public static async Task<ExportedEnd> WriteAsync(CallInvoker invoker, ExportMetadataRequest request, string path, CallOptions call)
    {
        BackupSurroundings surroundings = await BackupSurroundings.AskAsync(invoker, call);
        using AsyncServerStreamingCall<ExportedMetadata> stream = new Contract.Admin.AdminClient(invoker).ExportMetadata(request, call);
        return await ExportReceiver.ReceiveAsync(
            stream.ResponseStream, path, (end, file) => WriteManifestAsync(request, surroundings, end, file, path, call.CancellationToken), call.CancellationToken);
    }

    private static async Task WriteManifestAsync(ExportMetadataRequest request, BackupSurroundings surroundings, ExportedEnd end, WholeFile file, string path, CancellationToken cancellation)
    {
        BackupManifest manifest = await DescribeAsync(request, surroundings, end, file, cancellation);

        // Without its metadata.mfs, which does not exist, a manifest is a leftover.
        using WholeFile beside = WholeFile.Create(BackupManifest.PathOf(path), mayReplace: true);
        await beside.WriteAsync(0, manifest.ToBytes(), cancellation);
        beside.Complete();
    }

    private static async Task<BackupManifest> DescribeAsync(ExportMetadataRequest request, BackupSurroundings surroundings, ExportedEnd end, WholeFile file, CancellationToken cancellation)
    {
        try
        {
            (ulong metaId, IReadOnlyList<ManifestSection> sections) = BackupFrame.Read(file.ReadBack());
            if (metaId != end.MetaId)
            {
                throw new ExportException($"the file has metaid {metaId:X16}, {end.MetaId:X16} was announced: nothing was written");
            }

            List<string> blocks = [];
            await foreach (string checksum in BackupBlocks.ReadAsync(file.ReadBack(), BackupBlocks.Length, cancellation))
            {
                blocks.Add(checksum);
            }

            return new BackupManifest
            {
                Format = BackupManifest.CurrentFormat,
                MfshaVersion = end.MfshaVersion,
                MetaId = metaId.ToString("X16", CultureInfo.InvariantCulture),
                Made = DateTimeOffset.FromUnixTimeSeconds((long)end.UnixSeconds),
                MetadataFormat = request.Format == MetadataFileFormat._30 ? "3.0" : "4.x",
                MetadataVersion = end.Version,
                Shards = end.Positions.Count - 1,
                PauseMilliseconds = end.PauseMicroseconds / 1000.0,
                Positions = [.. end.Positions.Select(static p => new ManifestPosition(p.Group, p.Index, p.Term))],
                VectorClocks = surroundings.Clocks,
                Configuration = surroundings.Configuration,
                Counts = new SortedDictionary<string, ulong>(StringComparer.Ordinal)
                {
                    ["objects"] = end.Inodes, ["entries"] = end.Entries, ["chunks"] = end.Chunks, ["sessions"] = end.Sessions, ["chunkservers"] = end.ChunkServers,
                },
                NotKept = [.. end.Losses],
                Length = (long)end.Length,
                Sections = sections,
                BlockLength = BackupBlocks.Length,
                Blocks = blocks,
            };
        }
        catch (MetadataFileException e)
        {
            throw new ExportException($"what the node has sent is no metadata.mfs: {e.Message}: nothing was written", e);
        }
    }
}

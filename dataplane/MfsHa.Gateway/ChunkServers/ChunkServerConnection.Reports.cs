using MfsHa.Gateway.Connections;
using MfsHa.Protocol;
using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;
using MfsHa.Replication.Locations;

namespace MfsHa.Gateway.ChunkServers;

public sealed partial class ChunkServerConnection
{
    private const int Page = 1000;

    private void OnReport(PacketType type, ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        switch (type)
        {
            case PacketType.ChunkServerSpace:
                OnSpace(SpaceReport.Parse(ref reader));
                break;
            case PacketType.ChunkServerLoad:
                var load = LoadReport.Parse(ref reader);
                Update(info with { Load = load.Load, HeavyLoadStatus = (byte)(load.Status ?? HeavyLoadStatus.Unknown) });
                break;
            case PacketType.ChunkServerLabels:
                Update(info with { Labels = LabelsReport.Parse(ref reader).Mask });
                break;
            case PacketType.ChunkServerErrorOccurred:
                ErrorReport.Parse(ref reader);
                Update(info with { Errors = info.Errors + 1 });
                break;
            case PacketType.ChunkNew:
                OnChunks(NewChunksReport.Parse(ref reader).Chunks);
                break;
            case PacketType.ChunkLost or PacketType.ChunkDoesNotExist:
                OnIds(ChunkIdsReport.Parse(ref reader).Chunks, ids => services.Reporter.ReportLost(incarnation, ids));
                break;
            case PacketType.ChunkDamaged:
                OnIds(ChunkIdsReport.Parse(ref reader).Chunks, ids => services.Reporter.ReportDamaged(incarnation, ids));
                break;
            case PacketType.CreateChunkReply or PacketType.DeleteChunkReply or PacketType.SetChunkVersionReply or PacketType.TruncateChunkReply
                or PacketType.DuplicateChunkReply or PacketType.DuplicateTruncateChunkReply:
                var done = ChunkCommandReply.Parse(ref reader);
                OnAnswer(type, done.ChunkId, done.Status);
                break;
            case PacketType.ReplicateChunkReply:
                var replicated = ReplicationReply.Parse(ref reader);
                OnAnswer(type, replicated.ChunkId, replicated.Status);
                break;
            case PacketType.ChunkStatus:
                // Only sent in answer to a question that mfsha does not ask.
                break;
            default:
                throw new MalformedPacketException($"a chunkserver sends no packet {(uint)type}");
        }
    }

    private void OnSpace(SpaceReport space) => Update(info with
    {
        UsedSpace = space.Used,
        TotalSpace = space.Total,
        Chunks = space.Chunks,
        RemovalUsedSpace = space.RemovalUsed,
        RemovalTotalSpace = space.RemovalTotal,
        RemovalChunks = space.RemovalChunks,
    });

    private void Update(ChunkServerInfo changed)
    {
        if (changed != info)
        {
            info = changed;
            EndIfSuperseded(services.Reporter.UpdateInfo(incarnation, info));
        }
    }

    private void OnChunks(PackedList<ChunkReport> reports)
    {
        Span<ChunkCopy> page = new ChunkCopy[Math.Min(Page, reports.Count)];
        var count = 0;
        foreach (var report in reports)
        {
            page[count++] = new ChunkCopy(report.ChunkId, report.Version, report.MarkedForRemoval ? ChunkFlags.MarkedForRemoval : ChunkFlags.None);
            if (count == page.Length)
            {
                EndIfSuperseded(services.Reporter.Report(incarnation, page));
                count = 0;
            }
        }

        if (count > 0)
        {
            EndIfSuperseded(services.Reporter.Report(incarnation, page[..count]));
        }
    }

    private void OnIds(PackedList<PackedChunkId> chunks, Func<ulong[], bool> report)
    {
        var ids = new ulong[chunks.Count];
        var count = 0;
        foreach (var chunk in chunks)
        {
            ids[count++] = chunk.ChunkId;
        }

        EndIfSuperseded(report(ids));
    }

    /// <summary>Nobody believes this connection any more when a later one of the same chunkserver has reported, or it was dropped.</summary>
    private void EndIfSuperseded(bool taken)
    {
        if (!taken)
        {
            End(new ConnectionEnd(EndKind.Replaced, "what it reports is superseded"));
        }
    }
}

using MfsHa.Gateway.Clients;
using MfsHa.Gateway.Exports;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tools;
using MfsHa.Replication.Locations;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tools;

/// <summary>
/// Answers mfscli and the GUI (client-protocol 3.9, 3.10): connections that never register, and whatever a mount passes on. Every node answers for the
/// whole cluster. Questions without a body get the 3.x shape, which tools of all versions read.
/// </summary>
internal sealed partial class ToolDesk(
    GatewayOptions options,
    ClusterCalls cluster,
    ClusterIdentity identity,
    IExports exports,
    IChunkLocationView locations,
    SessionTable sessions,
    Func<MetaLoggerEntry[]> metaLoggers,
    TimeProvider clock,
    ILoggerFactory loggers,
    CancellationToken stopping)
{
    private readonly ChunkSurvey survey = new(cluster, locations, clock, loggers.CreateLogger<ChunkSurvey>(), stopping);

    /// <summary>True for a question of tools.</summary>
    public static bool Answers(PacketType type) => type is >= PacketType.ChunkServerList and <= PacketType.InstanceName and not PacketType.NodeInfo && ((uint)type & 1) == 0;

    /// <summary>Answers a question. Its payload is read before the first wait.</summary>
    /// <exception cref="MalformedPacketException">It is no question that is answered.</exception>
    public Task AnswerAsync(ClientConnection connection, PacketType type, ReadOnlyMemory<byte> payload) => type switch
    {
        PacketType.Info => AnswerInfoAsync(connection),
        PacketType.ModuleInfo => AnswerModuleInfoAsync(connection, Parse(payload)),
        PacketType.MemoryInfo => AnswerMemory(connection),
        PacketType.MetaLoggerList => AnswerMetaLoggers(connection),
        PacketType.InstanceName => AnswerInstanceName(connection, Parse(payload)),
        PacketType.MonotonicData => AnswerMonotonicData(connection),
        PacketType.Chart => AnswerNothing(connection, PacketType.ChartReply),
        PacketType.ChartData => AnswerNothing(connection, PacketType.ChartDataReply),
        PacketType.PatternInfo => AnswerPatternsAsync(connection),
        PacketType.ExportsInfo => AnswerExports(connection, Parse(payload)),
        PacketType.ChunkServerList => AnswerChunkServersAsync(connection, Parse(payload)),
        PacketType.ChunkServerCommand => CommandChunkServerAsync(connection, payload),
        PacketType.SessionList => AnswerSessionsAsync(connection, Parse(payload)),
        PacketType.SessionCommand => CommandSessionAsync(connection, payload),
        PacketType.ListOpenFiles => AnswerOpenFilesAsync(connection, ParseSubject(payload)),
        PacketType.ListAcquiredLocks => AnswerLocksAsync(connection, ParseSubject(payload)),
        PacketType.MassResolvePaths => AnswerPathsAsync(connection, payload),
        PacketType.QuotaInfo => AnswerQuotasAsync(connection, Parse(payload)),
        PacketType.StorageClassInfo => AnswerStorageClassesAsync(connection, Parse(payload)),
        PacketType.ChunksMatrix => AnswerMatrixAsync(connection, payload),
        PacketType.ChunkTestInfo => AnswerChunkTest(connection),
        PacketType.FileTestInfo => AnswerFileTest(connection, Parse(payload)),
        PacketType.MissingChunks => AnswerMissingChunks(connection, Parse(payload)),
        _ => throw new MalformedPacketException($"packet type {(uint)type} of {payload.Length} bytes is no question that is answered"),
    };

    private static ToolRequest Parse(ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        return ToolRequest.Parse(ref reader);
    }

    private static ToolSubjectRequest ParseSubject(ReadOnlyMemory<byte> payload)
    {
        var reader = new PacketReader(payload);
        return ToolSubjectRequest.Parse(ref reader);
    }

    private ValueTask<Reply> AskAsync(ClientConnection connection, Operation operation) => cluster.ExecuteAsync(operation, connection.Closing);
}

using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tests.Support;

/// <summary>Every packet kind that can be read, for tests that treat all alike.</summary>
internal static partial class Codecs
{
    public static readonly IReadOnlyList<Codec> Requests = [.. Codec.AllRequests()];

    public static readonly IReadOnlyList<Codec> Replies = [.. Codec.AllReplies()];

    /// <summary>Packets of clients without a message id, or with a fixed one.</summary>
    public static readonly IReadOnlyList<Codec> ClientOneWay =
    [
        Codec.Whole<RegisterRequest>(PacketType.Register, RegisterRequest.Parse, p => p.Write),
        Codec.Whole(PacketType.SustainedInodes, SustainedInodes.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.AccessModificationTimes, AccessModificationTimes.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.TimeSync, TimeSyncRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.OperationData, OperationData.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.WorkFlags, WorkFlagsPacket.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.GetVersion, GetVersionRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.GetConfig, GetConfigRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.Syslog, SyslogPacket.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
    ];

    public static readonly IReadOnlyList<Codec> ServerPushes =
    [
        new(nameof(ChunkHasChanged), PacketType.ChunkHasChanged, (payload, client) =>
        {
            var reader = new PacketReader(payload);
            ChunkHasChanged push = ChunkHasChanged.Parse(ref reader, client);
            return (push, Packets.Payload((ref PacketWriter w) => push.Write(ref w, client)));
        }),
        Codec.Whole(PacketType.FileLengthHasChanged, FileLengthHasChanged.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.InvalidateChunkCache, InvalidateChunkCache.Parse, _ => InvalidateChunkCache.Write),
        Codec.Whole(PacketType.TimeSyncReply, TimeSyncReply.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ConfigValue, ConfigValueReply.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
    ];

    public static readonly IReadOnlyList<Codec> FromChunkServer =
    [
        Codec.Whole<ChunkServerRegister>(PacketType.ChunkServerRegister, ChunkServerRegister.Parse, p => p.Write),
        Codec.Whole(PacketType.ChunkServerSpace, SpaceReport.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ChunkServerLabels, LabelsReport.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ChunkServerLoad, LoadReport.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ChunkNew, NewChunksReport.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ChunkServerErrorOccurred, ErrorReport.Parse, _ => ErrorReport.Write),
        Ids(PacketType.ChunkLost),
        Ids(PacketType.ChunkDamaged),
        Ids(PacketType.ChunkDoesNotExist),
        CommandReply(PacketType.CreateChunk),
        CommandReply(PacketType.DeleteChunk),
        CommandReply(PacketType.DuplicateChunk),
        CommandReply(PacketType.SetChunkVersion),
        CommandReply(PacketType.TruncateChunk),
        CommandReply(PacketType.DuplicateTruncateChunk),
        Codec.Whole(PacketType.ReplicateChunkReply, ReplicationReply.Parse, p => (ref PacketWriter w) => p.Write(ref w, PacketType.ReplicateChunk)),
        Codec.Whole(PacketType.ChunkStatus, ChunkStatusReport.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
    ];

    public static readonly IReadOnlyList<Codec> ToChunkServer =
    [
        Codec.Whole<MasterAck>(PacketType.ChunkServerMasterAck, MasterAck.Parse, p => p.Write),
        Codec.Whole(PacketType.CreateChunk, CreateChunkCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.DeleteChunk, DeleteChunkCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.DuplicateChunk, DuplicateChunkCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.SetChunkVersion, SetChunkVersionCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.TruncateChunk, TruncateChunkCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.DuplicateTruncateChunk, DuplicateTruncateChunkCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ReplicateChunk, ReplicateChunkCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
    ];

    /// <summary>Commands that only 4.x chunkservers understand.</summary>
    public static readonly IReadOnlyList<Codec> ToChunkServer4 =
    [
        Codec.Whole(PacketType.ReplicateSplit, ReplicateSplitCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ReplicateRecover, ReplicateRecoverCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ReplicateJoin, ReplicateJoinCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.LocalSplit, LocalSplitCommand.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.RegisterFirst, ChunkQuestion.Parse, p => (ref PacketWriter w) => p.Write(ref w, PacketType.RegisterFirst)),
    ];

    public static IEnumerable<Codec> All =>
    [
        .. Requests, .. Replies, .. ClientOneWay, .. ServerPushes, .. FromChunkServer, .. ToChunkServer, .. ToChunkServer4,
        .. FromMetaLogger, .. ToMetaLogger, .. ToolQuestions, .. ToolAnswers,
    ];

    private static Codec Ids(PacketType type) =>
        Codec.Whole(type, ChunkIdsReport.Parse, p => (ref PacketWriter w) => p.Write(ref w, type)) with { Name = type.ToString() };

    private static Codec CommandReply(PacketType command) => Codec.Whole(
        PacketTypes.ReplyOf(command), ChunkCommandReply.Parse, p => (ref PacketWriter w) => p.Write(ref w, command))
        with { Name = $"reply to {command}" };
}

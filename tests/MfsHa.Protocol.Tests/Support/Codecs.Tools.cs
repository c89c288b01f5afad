using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Protocol.Tools;

namespace MfsHa.Protocol.Tests.Support;

internal static partial class Codecs
{
    private static readonly PacketType[] s_plainQuestions =
    [
        PacketType.ChunkServerList, PacketType.SessionList, PacketType.Info, PacketType.FileTestInfo, PacketType.ChunkTestInfo,
        PacketType.QuotaInfo, PacketType.ExportsInfo, PacketType.MetaLoggerList, PacketType.MemoryInfo, PacketType.ModuleInfo,
        PacketType.StorageClassInfo, PacketType.MissingChunks, PacketType.PatternInfo, PacketType.InstanceName,
    ];

    public static readonly IReadOnlyList<Codec> ToolQuestions =
    [
        .. s_plainQuestions.Select(type => Named($"question {type}", Codec.Whole(
            type, ToolRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w, type)))),
        Subject(PacketType.ListOpenFiles),
        Subject(PacketType.ListAcquiredLocks),
        Codec.Whole(PacketType.ChunksMatrix, ChunksMatrixRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.MassResolvePaths, MassResolvePathsRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.ChunkServerCommand, ChunkServerCommandRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Codec.Whole(PacketType.SessionCommand, SessionRemoveRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
    ];

    /// <summary>Answers without message id in every shape; several may share a type.</summary>
    public static readonly IReadOnlyList<Codec> ToolAnswers =
    [
        Codec.Whole<MasterInfo>(PacketType.InfoReply, MasterInfo.Parse, p => (ref PacketWriter w) =>
            p.Write(ref w, p.ErasureCoding is null ? MasterInfoForm.Common : MasterInfoForm.ErasureCoding)),
        .. Enum.GetValues<ChunkServerListForm>().Select(form => Shape(
            PacketType.ChunkServerListReply, $"{form}", (ref PacketReader r) => ChunkServerListReply.Parse(ref r, form),
            servers => (ref PacketWriter w) => ChunkServerListReply.Write(ref w, null, servers, form))),
        .. new byte[] { 0, 1, 2, 3, 4, 5, SessionListReply.BriefMode }.Select(mode => Shape(
            PacketType.SessionListReply, $"mode {mode}", (ref PacketReader r) => (Counters(r, mode), SessionListReply.Parse(ref r, mode)),
            list => (ref PacketWriter w) => SessionListReply.Write(ref w, null, mode, list.Item1, list.Item2))),
        .. new byte[] { 0, 1, 2, 3, 4 }.Select(mode => Shape(
            PacketType.ExportsInfoReply, $"mode {mode}", (ref PacketReader r) => ExportsInfoReply.Parse(ref r, mode),
            exports => (ref PacketWriter w) => ExportsInfoReply.Write(ref w, mode, exports))),
        .. new[] { false, true }.Select(deleted => Shape(
            PacketType.FileTestInfoReply, $"deleted {deleted}", (ref PacketReader r) => FileTestInfo.Parse(ref r, deleted),
            info => (ref PacketWriter w) => info.Write(ref w))),
        Shape(PacketType.ChunkTestInfoReply, "", ChunkTestInfoReply.Parse, numbers => (ref PacketWriter w) => ChunkTestInfoReply.Write(ref w, numbers)),
        Shape(PacketType.ChunksMatrixReply, "", ChunksMatrixReply.Parse, m => (ref PacketWriter w) => ChunksMatrixReply.Write(ref w, m.Progress, m.Matrices)),
        Shape(PacketType.QuotaInfoReply, "", QuotaInfoReply.Parse, quotas => (ref PacketWriter w) => QuotaInfoReply.Write(ref w, quotas)),
        Shape(PacketType.MetaLoggerListReply, "", MetaLoggerListReply.Parse, list => (ref PacketWriter w) => MetaLoggerListReply.Write(ref w, list)),
        Shape(PacketType.MemoryInfoReply, "", MemoryInfoReply.Parse, usages => (ref PacketWriter w) => MemoryInfoReply.Write(ref w, usages)),
        Codec.Whole(PacketType.ModuleInfoReply, ModuleInfoReply.Parse, p => (ref PacketWriter w) => p.Write(ref w)),
        Shape(PacketType.ListOpenFilesReply, "all", ListOpenFilesReply.ParseAll, files => (ref PacketWriter w) => ListOpenFilesReply.WriteAll(ref w, null, files)),
        Shape(PacketType.ListOpenFilesReply, "session", ListOpenFilesReply.ParseSession, inodes => (ref PacketWriter w) => ListOpenFilesReply.WriteSession(ref w, null, inodes)),
        .. new uint[] { 0, 7 }.Select(inode => Shape(
            PacketType.ListAcquiredLocksReply, inode == 0 ? "all" : "inode", (ref PacketReader r) => ListAcquiredLocksReply.Parse(ref r, inode),
            locks => (ref PacketWriter w) => ListAcquiredLocksReply.Write(ref w, null, inode, locks))),
        Shape(PacketType.MassResolvePathsReply, "", MassResolvePathsReply.Parse, paths => (ref PacketWriter w) => MassResolvePathsReply.Write(ref w, paths)),
        .. new[] { false, true }.Select(kind => Shape(
            PacketType.MissingChunksReply, $"kind {kind}", (ref PacketReader r) => MissingChunksReply.Parse(ref r, kind),
            chunks => (ref PacketWriter w) => MissingChunksReply.Write(ref w, kind, chunks))),
        .. new byte[] { 0, 1, 2, 3, 4, 5, StorageClassInfoReply.BriefFormat }.Select(format => Shape(
            PacketType.StorageClassInfoReply, $"format {format}", (ref PacketReader r) => StorageClassInfoReply.Parse(ref r, format),
            info => (ref PacketWriter w) => StorageClassInfoReply.Write(ref w, format, info.Servers, info.Classes))),
        Shape(PacketType.PatternInfoReply, "", PatternInfoReply.Parse, patterns => (ref PacketWriter w) => PatternInfoReply.Write(ref w, patterns)),
    ];

    private static int Counters(PacketReader reader, byte mode) => mode == SessionListReply.BriefMode ? 0 : reader.U16();

    private static Codec Subject(PacketType type) => Named($"question {type}", Codec.Whole(
        type, ToolSubjectRequest.Parse, p => (ref PacketWriter w) => p.Write(ref w, type)));

    private static Codec Shape<T>(PacketType type, string shape, PacketReading<T> parse, Func<T, PacketWriting> write)
        where T : notnull => Named($"{type} {shape}".TrimEnd(), Codec.Whole(type, parse, write));

    private static Codec Named(string name, Codec codec) => codec with { Name = name };
}

using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Chunks;

/// <summary>Plays the chunk supervisor on a shard: looks at the slot, then proposes.</summary>
internal static class ChunkShard
{
    public const ulong ChunkSize = FileLength.ChunkSize;

    public static ChunkReply Slot(this Shard shard, uint inode, uint index) => shard.Run<ChunkReply>(new ChunkOfFile(inode, index));

    public static BeginWrite WriteOf(
        this Shard shard, uint inode, uint index, Caller? caller = null, SeenCopies copies = SeenCopies.Good, ChunkOperationFlags flags = ChunkOperationFlags.None)
    {
        var seen = (shard.Execute(new ChunkOfFile(inode, index)) as ChunkReply)?.Chunk;
        return new BeginWrite
        {
            Inode = inode,
            Index = index,
            Flags = flags,
            Caller = caller ?? Shard.User(),
            SeenChunk = seen?.Id ?? 0,
            SeenVersion = seen?.Record.Version ?? 0,
            Copies = copies,
        };
    }

    public static ChunkWorkReply Begin(
        this Shard shard, uint inode, uint index, Caller? caller = null, SeenCopies copies = SeenCopies.Good, ChunkOperationFlags flags = ChunkOperationFlags.None) =>
        shard.Run<ChunkWorkReply>(shard.WriteOf(inode, index, caller, copies, flags));

    public static WriteEndedReply End(this Shard shard, ulong chunk, uint inode, uint index, ulong length, Caller? caller = null) =>
        shard.Run<WriteEndedReply>(new EndWrite(chunk, inode, index, length, ChunkOperationFlags.None, caller ?? Shard.User()) { ExecutedVersion = shard.Chunk(chunk).Version });

    /// <summary>Begins and ends a write that fills the file up to <paramref name="length"/>.</summary>
    public static ulong WriteChunk(this Shard shard, uint inode, uint index, ulong length, Caller? caller = null)
    {
        var begun = shard.Begin(inode, index, caller);
        shard.End(begun.Chunk, inode, index, length, caller);
        return begun.Chunk;
    }

    public static BeginTruncate CutOf(this Shard shard, uint inode, ulong length, Caller? caller = null, TruncateFlags flags = TruncateFlags.None)
    {
        var seen = (shard.Execute(new ChunkOfFile(inode, (uint)(length / ChunkSize))) as ChunkReply)?.Chunk;
        return new BeginTruncate
        {
            Inode = inode,
            Flags = flags,
            Length = length,
            Caller = caller ?? Shard.User(),
            SeenChunk = seen?.Id ?? 0,
            SeenVersion = seen?.Record.Version ?? 0,
        };
    }

    /// <summary>A whole truncate, with or without chunk work.</summary>
    public static LengthReply Truncate(this Shard shard, uint inode, ulong length, Caller? caller = null, TruncateFlags flags = TruncateFlags.None)
    {
        var first = shard.Execute(new SetLength(inode, flags, length, false, caller ?? Shard.User()));
        if (first.Status != StatusCode.Delayed)
        {
            return Assert.IsType<LengthReply>(first);
        }

        var begun = shard.Run<ChunkWorkReply>(shard.CutOf(inode, length, caller, flags));
        return shard.Run<LengthReply>(new EndTruncate(inode, flags, length, begun.Chunk, caller ?? Shard.User()));
    }

    public static FileLengthReply Append(this Shard shard, uint inode, uint source, uint from = 0, uint to = 0x8000_0000, AppendSliceFlags flags = 0, Caller? caller = null) =>
        shard.Run<FileLengthReply>(Appending(inode, source, from, to, flags, caller));

    public static AppendSlice Appending(uint inode, uint source, uint from = 0, uint to = 0x8000_0000, AppendSliceFlags flags = 0, Caller? caller = null) =>
        new() { Inode = inode, Source = source, From = from, To = to, Flags = flags, Caller = caller ?? Shard.User() };

    public static Chunk Chunk(this Shard shard, ulong id) => shard.State.Chunks.Require(id);

    public static ulong[] Orphans(this Shard shard) => [.. shard.Run<ChunksReply>(new ListOrphanChunks(0, 1000)).Chunks.Select(static c => c.Id)];
}

using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// The chunks of a file, in pages: what CHECK and REPAIR know without chunkservers (client-protocol 3.5; mfsmaster/filesystem.c: fs_checkfile, fs_filechunk).
/// ENOENT, EPERM (not a file).
/// </summary>
/// <param name="Inode">The file, as the session calls it.</param>
/// <param name="From">First index.</param>
/// <param name="Limit">Most chunks of the page, 1..<see cref="MaxPage"/>.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record ListFileChunks(uint Inode, uint From, int Limit, Caller Caller) : Query
{
    /// <summary>Most chunks of a page.</summary>
    public const int MaxPage = 10_000;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!SessionView.TryFind(Caller, state, Inode, out var number, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        if (!inode.IsFile)
        {
            return StatusReply.Of(StatusCode.EPerm);
        }

        var slots = state.ChunksOf(number, inode, From, ulong.MaxValue, Math.Clamp(Limit, 1, MaxPage) + 1);
        var next = slots.Count > Math.Clamp(Limit, 1, MaxPage) ? slots[^1].Index : 0;
        state.ExpectChunks(slots);
        var last = FileLength.LastChunk(inode.Length);
        var chunks = slots.Take(Math.Clamp(Limit, 1, MaxPage)).Select(s => new FileChunk(
            s.Index,
            s.Chunk,
            s.Index < last ? (uint)FileLength.OccupiedByFullChunk : s.Index == last ? (uint)FileLength.OccupiedInLastChunk(inode.Length) : 0,
            state.ChunkAnywhere(s.Chunk)));
        return new FileChunksReply(number, inode.Length, inode.ChunkSlots, [.. chunks], next);
    }
}

/// <summary>A page of a file's chunks, ascending by index, without holes.</summary>
/// <param name="Inode">Real number of the file.</param>
/// <param name="FileLength">Its length, bytes.</param>
/// <param name="Slots">Slots of its chunk table; those that are not listed are holes.</param>
/// <param name="Chunks">The chunks.</param>
/// <param name="Next">Index at which the next page begins; 0 at the end.</param>
[MemoryPackable]
public sealed partial record FileChunksReply(uint Inode, ulong FileLength, uint Slots, FileChunk[] Chunks, uint Next) : Reply;

/// <summary>A chunk of a file.</summary>
/// <param name="Index">Index in the file.</param>
/// <param name="Chunk">Chunk id.</param>
/// <param name="Size">Bytes that it occupies once.</param>
/// <param name="Record">What its shard knows of it; null if it is unknown.</param>
[MemoryPackable]
public sealed partial record FileChunk(uint Index, ulong Chunk, uint Size, Chunk? Record);

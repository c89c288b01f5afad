using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// NODE_INFO (client-protocol 3.5; mfsmaster/filesystem.c: fs_node_info): children of a directory or chunks of a file; who knows locations adds the
/// numbers of copies. ENOENT.
/// </summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="MaxEntries">Most children or chunks; at most <see cref="MaxPage"/> are given.</param>
/// <param name="From">Where the page before ended; 0 to begin.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetNodeInfo(uint Inode, uint MaxEntries, ulong From, Caller Caller) : Query
{
    /// <summary>Most children or chunks of a page.</summary>
    public const int MaxPage = 100_000;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (!SessionView.TryFind(Caller, state, Inode, out var number, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        var limit = (int)Math.Min(MaxEntries, MaxPage);
        if (inode.IsDirectory)
        {
            return OfDirectory(state, number, limit);
        }

        return inode.IsFile ? OfFile(state, number, inode, limit) : new NodeInfoReply(inode.Type, 0, [], 0, []);
    }

    private NodeInfoReply OfDirectory(NamespaceState state, uint number, int limit)
    {
        var children = new List<uint>();
        ulong next = 0;
        foreach (var (key, entry) in state.Edges.Range((number, From), (number + 1, 0)))
        {
            if (children.Count == limit)
            {
                next = key.Edge;
                break;
            }

            children.Add(entry.Inode);
        }

        return new NodeInfoReply(NodeType.Directory, next, [.. children], 0, []);
    }

    private NodeInfoReply OfFile(NamespaceState state, uint number, Inode inode, int limit)
    {
        var from = (uint)Math.Min(From, uint.MaxValue);
        var slots = state.ChunksOf(number, inode, from, ulong.MaxValue, limit);
        var last = FileLength.LastChunk(inode.Length);
        var chunks = slots.Where(s => state.CanRefer(s.Chunk)).Select(s => new NodeChunk(
            s.Chunk,
            s.Index < last ? (uint)FileLength.OccupiedByFullChunk : s.Index == last ? (uint)FileLength.OccupiedInLastChunk(inode.Length) : 0));
        var next = slots.Count == 0 ? from : slots[^1].Index + 1;
        return new NodeInfoReply(NodeType.File, next >= inode.ChunkSlots ? 0 : next, [], inode.Length, [.. chunks]);
    }
}

/// <summary>Answer to NODE_INFO.</summary>
/// <param name="Type">Directory, file, or another kind of object, about which there is no more to say.</param>
/// <param name="Next">Where the next page begins; 0 at the end.</param>
/// <param name="Children">Inodes of a directory's children.</param>
/// <param name="Length">Length of a file, bytes.</param>
/// <param name="Chunks">Chunks of a file.</param>
[MemoryPackable]
public sealed partial record NodeInfoReply(NodeType Type, ulong Next, uint[] Children, ulong Length, NodeChunk[] Chunks) : Reply;

/// <summary>A chunk of a file.</summary>
/// <param name="Chunk">Chunk id.</param>
/// <param name="Size">Bytes that it occupies once.</param>
[MemoryPackable]
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)]
public readonly partial record struct NodeChunk(ulong Chunk, uint Size);

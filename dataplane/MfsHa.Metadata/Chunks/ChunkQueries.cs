using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// READ_CHUNK as far as the namespace knows (client-protocol 4.2; mfsmaster/filesystem.c: fs_readchunk). The supervisor waits while the chunk is locked and adds
/// the copies. EPERM (forbidden, not a file), ENOENT, INDEXTOOBIG, NOCHUNK.
/// </summary>
[MemoryPackable]
public sealed partial record ReadChunk(uint Inode, uint Index, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) =>
        Caller.MayNot(DisabledOperations.Read) ? StatusReply.Of(StatusCode.EPerm) : ChunkOfFile.Answer(state, Inode, Index);
}

/// <summary>A slot of a file, for the supervisor. ENOENT, EPERM (not a file), INDEXTOOBIG, NOCHUNK (the slot names an unknown chunk).</summary>
[MemoryPackable]
public sealed partial record ChunkOfFile(uint Inode, uint Index) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => Answer(state, Inode, Index);

    internal static Reply Answer(NamespaceState state, uint number, uint index)
    {
        if (state.Inodes.Get(number) is not { } inode)
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        if (!inode.IsFile)
        {
            return StatusReply.Of(StatusCode.EPerm);
        }

        if (index > FileLength.MaxChunkIndex)
        {
            return StatusReply.Of(StatusCode.IndexTooBig);
        }

        var id = state.ChunkAt(number, inode, index);
        if (id == 0)
        {
            return new ChunkReply(inode.Length, inode.StorageClass, null);
        }

        return state.ChunkAnywhere(id) is { } chunk
            ? new ChunkReply(inode.Length, inode.StorageClass, new ChunkView(id, chunk))
            : StatusReply.Of(StatusCode.NoChunk);
    }
}

/// <summary>Those of some chunks that are known. EINVAL for more than <see cref="MaxChunks"/>.</summary>
[MemoryPackable]
public sealed partial record LookUpChunks(ulong[] Chunks) : Query
{
    /// <summary>Most chunks of one query.</summary>
    public const int MaxChunks = 1000;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Chunks.Length > MaxChunks)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        var found = new List<ChunkView>(Chunks.Length);
        foreach (var id in Chunks)
        {
            if (state.Chunks.Get(id) is { } chunk)
            {
                found.Add(new ChunkView(id, chunk));
            }
        }

        return new ChunksReply([.. found], 0);
    }
}

/// <summary>A page of all chunks, for the supervisor's loop.</summary>
/// <param name="From">First id.</param>
/// <param name="Max">Most chunks of the page, 1..<see cref="MaxChunks"/>.</param>
[MemoryPackable]
public sealed partial record ListChunks(ulong From, int Max) : Query
{
    /// <summary>Most chunks of one page.</summary>
    public const int MaxChunks = 1000;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var max = Math.Clamp(Max, 1, MaxChunks);
        var page = new List<ChunkView>(max);
        foreach (var (id, chunk) in state.Chunks.Range(From, 0, toEnd: true))
        {
            if (page.Count == max)
            {
                return new ChunksReply([.. page], id);
            }

            page.Add(new ChunkView(id, chunk));
        }

        return new ChunksReply([.. page], 0);
    }
}

/// <summary>
/// A page of chunks that no file refers to and that nobody has locked: their copies may be deleted. Looks at <paramref name="Max"/> orphans at most,
/// so a page may be empty although more follow.
/// </summary>
/// <param name="From">First id.</param>
/// <param name="Max">1..<see cref="MaxChunks"/>.</param>
[MemoryPackable]
public sealed partial record ListOrphanChunks(ulong From, int Max) : Query
{
    /// <summary>Most chunks of one page.</summary>
    public const int MaxChunks = 1000;

    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var left = Math.Clamp(Max, 1, MaxChunks);
        var page = new List<ChunkView>(left);
        foreach (var (id, _) in state.OrphanChunks.Range(From, 0, toEnd: true))
        {
            if (left-- == 0)
            {
                return new ChunksReply([.. page], id);
            }

            var chunk = state.Chunks.Require(id);
            if (!chunk.IsLocked(context.Now))
            {
                page.Add(new ChunkView(id, chunk));
            }
        }

        return new ChunksReply([.. page], 0);
    }
}

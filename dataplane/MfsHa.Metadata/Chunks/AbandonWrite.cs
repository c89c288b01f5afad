using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// Chunkservers have not done what <see cref="BeginWrite"/> or <see cref="BeginTruncate"/> ordered: the slot gets back the chunk that it had and the lock goes
/// (mfsmaster/filesystem.c: fs_univ_rollback). A new version stays, as it may be on some copy, and so does the order: it says which version the copies may have instead. Nothing happens, successfully, if the slot has changed
/// since, or if the order was resumed: then nobody knows that it failed, and the lock stays for another attempt.
/// </summary>
/// <param name="Inode">The file.</param>
/// <param name="Index">Chunk index.</param>
/// <param name="Chunk">Chunk that the begin named.</param>
/// <param name="Version">Its version then.</param>
/// <param name="Session">Session for which it was begun.</param>
[MemoryPackable]
public sealed partial record AbandonWrite(uint Inode, uint Index, ulong Chunk, uint Version, uint Session) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Chunks.Get(Chunk) is not { } chunk || chunk.Version != Version || chunk.LockSession != Session)
        {
            return StatusReply.Ok;
        }

        var work = chunk.Work;
        if (work is { Resumed: true })
        {
            return StatusReply.Ok;
        }

        state.Chunks.Set(Chunk, ChunkRules.Released(chunk));
        if (work is null
            || work.OldChunk == Chunk
            || state.Inodes.Get(Inode) is not { IsFile: true } inode
            || state.ChunkAt(Inode, inode, Index) != Chunk)
        {
            return StatusReply.Ok;
        }

        // The chunk that was copied may have lost its other files and have been given up meanwhile, but not before ChunkRules.FallbackSeconds.
        var previous = state.CanRefer(work.OldChunk) ? work.OldChunk : 0;
        if (previous != 0)
        {
            state.AddReference(previous, inode.StorageClass);
        }

        state.ReleaseChunk(Chunk, inode.StorageClass);
        ChunkRules.Replace(state, Inode, inode, Index, previous);
        return StatusReply.Ok;
    }
}

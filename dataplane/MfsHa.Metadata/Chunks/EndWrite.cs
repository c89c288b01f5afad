using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// WRITE_CHUNK_END (client-protocol 4.5; mfsmaster/filesystem.c: fs_writeend): the file is at least so long and the chunk is free again.
/// Executing it twice is harmless; a lock that another session has got meanwhile stays.
/// <para>Errors: EPERM, EROFS, QUOTA, INDEXTOOBIG, NOCHUNK (no such chunk); ENOENT and EPERM for the inode only with a length.</para>
/// </summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Inode">The file.</param>
/// <param name="Index">Chunk index.</param>
/// <param name="Length">End of what was written, bytes; 0 = unknown.</param>
/// <param name="Flags">Flags of the request.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record EndWrite(ulong Chunk, uint Inode, uint Index, ulong Length, ChunkOperationFlags Flags, Caller Caller) : Command
{
    /// <summary>
    /// The version whose order the leader has seen carried out, 0 if it has seen none: another order for the chunk may still be under way, begun for an earlier copy of the same
    /// client's request, and stays known then.
    /// </summary>
    public uint ExecutedVersion { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var inode = Length == 0 ? null : state.Inodes.Get(Inode);
        var grows = inode is not null && Length > inode.Length;
        var status = WhyNot(state, inode, grows);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (grows)
        {
            var touched = (Flags & ChunkOperationFlags.CanModifyTime) != 0 ? context.Now : (uint?)null;
            inode = state.SetFileLength(Inode, inode!, Length, touched);
            state.DropReservation(Inode, reached: Length);
        }

        var chunk = state.Chunks.Require(Chunk);
        if (chunk.LockSession == Caller.Session || chunk.LockSession == 0 || !chunk.IsLocked(context.Now))
        {
            // What another session has left undone is not done because this one ends.
            var unlocked = chunk.LockSession == Caller.Session && chunk.LockedUntil != 0 ? ChunkRules.Ended(chunk, ExecutedVersion) : ChunkRules.Released(chunk);
            if (unlocked != chunk)
            {
                state.Chunks.Set(Chunk, unlocked);
            }
        }

        return new WriteEndedReply(chunk.Version, inode?.Length ?? 0, grows, state.OthersWithOpen(Inode, Caller.Session));
    }

    private StatusCode WhyNot(NamespaceState state, Inode? inode, bool grows)
    {
        var status = Caller.WhyNotChange(DisabledOperations.Write);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (Length > 0)
        {
            if (inode is null)
            {
                return StatusCode.ENoEnt;
            }

            if (!inode.IsFile)
            {
                return StatusCode.EPerm;
            }

            if (FileLength.IsTooLong(Length))
            {
                return StatusCode.IndexTooBig;
            }

            if (grows && state.FileExceedsQuota(Inode, inode, new TotalsChange(0, Length: (long)(Length - inode.Length))))
            {
                return StatusCode.Quota;
            }
        }

        return state.Chunks.Contains(Chunk) ? StatusCode.Ok : StatusCode.NoChunk;
    }
}

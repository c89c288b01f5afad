using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Chunks;

/// <summary>
/// First half of WRITE_CHUNK (client-protocol 4.3; mfsmaster/filesystem.c: fs_writechunk, chunks.c: chunk_univ_multi_modify): gives the slot a chunk
/// that only this file has, locks it for the session and says what chunkservers must do. The supervisor proposes it after it has looked at the
/// slot and at the copies.
/// <para>Errors: EPERM (not a file, immutable, forbidden), EROFS, ENOENT, INDEXTOOBIG, QUOTA, NOCHUNK (the slot names an unknown chunk),
/// LOCKED (by another session, or by a truncate), MISMATCH (the slot is not what the supervisor saw: look again).</para>
/// </summary>
[MemoryPackable]
public sealed partial record BeginWrite : Command
{
    /// <summary>The file.</summary>
    public required uint Inode { get; init; }

    /// <summary>Chunk index.</summary>
    public required uint Index { get; init; }

    /// <summary>Flags of the request; a session that goes on after an error may also take an ownerless lock.</summary>
    public required ChunkOperationFlags Flags { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <summary>Chunk that the supervisor saw in the slot, 0 = hole.</summary>
    public required ulong SeenChunk { get; init; }

    /// <summary>Its version then.</summary>
    public required uint SeenVersion { get; init; }

    /// <summary>What the supervisor found.</summary>
    public required SeenCopies Copies { get; init; }

    /// <summary>How many of its copies were condemned then.</summary>
    public int SeenCondemned { get; init; }

    /// <summary>Chunkservers that the order goes to, if there is one (<see cref="ChunkWork.Servers"/>).</summary>
    public ushort[]? Servers { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, context.Now, out var inode, out var seen, out var chunk);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var work = new ChunkWork(KindFor(chunk), seen, chunk?.Version ?? 0, 0) { Servers = Servers };
        var (now, session) = (context.Now, Caller.Session);
        var id = seen;
        switch (work.Kind)
        {
            case ChunkWorkKind.Create:
                id = ChunkRules.Allocate(state, inode!.StorageClass, work, session, now);
                break;
            case ChunkWorkKind.Duplicate:
                id = ChunkRules.Allocate(state, inode!.StorageClass, work, session, now);
                ChunkRules.ReleaseCopied(state, seen, inode.StorageClass, now);
                break;
            case ChunkWorkKind.SetVersion:
                state.Chunks.Set(id, chunk! with { Version = chunk.Version + 1, LockedUntil = now + ChunkRules.LockSeconds, LockSession = session, Work = work });
                break;
            default:
                if (Copies == SeenCopies.Unfinished)
                {
                    // A chunk that nobody may have may be made elsewhere; every other order stays with the chunkservers that it was given to.
                    var first = chunk!.Work!;
                    var servers = first is { Kind: ChunkWorkKind.Create, Servers: { } given } && Servers is not null ? [.. given.Union(Servers)] : first.Servers;
                    work = first with { Resumed = true, Servers = servers };
                }

                state.Chunks.Set(id, chunk! with { LockedUntil = now + ChunkRules.LockSeconds, LockSession = session, Work = Copies == SeenCopies.Unfinished ? work : null });
                break;
        }

        var length = Write(state, inode!, id, now);
        var record = state.Chunks.Require(id);
        return new ChunkWorkReply(work, Index, id, record.Version, record.StorageClass, length, state.OthersWithOpen(Inode, session));
    }

    private ChunkWorkKind KindFor(Chunk? chunk)
    {
        if (chunk is null)
        {
            return ChunkWorkKind.Create;
        }

        if (Copies == SeenCopies.Unfinished)
        {
            return ChunkWorkKind.None;
        }

        return chunk.References > 1 ? ChunkWorkKind.Duplicate : Copies == SeenCopies.Doubtful ? ChunkWorkKind.SetVersion : ChunkWorkKind.None;
    }

    private ulong Write(NamespaceState state, Inode inode, ulong id, uint now)
    {
        var before = state.Contribution(Inode, inode);
        var changed = state.WithChunkAt(Inode, inode, Index, id) with
        {
            Length = LengthAfter(inode),
            ExtraAttributes = inode.ExtraAttributes & ~ExtraAttributes.Snapshot,
            SpaceFactor = state.SpaceFactorOf(inode.StorageClass),
        };
        if ((Flags & ChunkOperationFlags.CanModifyTime) != 0)
        {
            changed = changed with { ModificationTime = now, ChangeTime = now };
        }

        if (changed != inode)
        {
            state.ReplaceFile(Inode, inode, changed, before);
        }

        return changed.Length;
    }

    private ulong LengthAfter(Inode inode) => Math.Max(inode.Length, Index * FileLength.ChunkSize);

    private StatusCode WhyNot(NamespaceState state, uint now, out Inode? inode, out ulong id, out Chunk? chunk)
    {
        (id, chunk, inode) = (0, null, null);
        var status = Caller.WhyNotChange(DisabledOperations.Write);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        inode = state.Inodes.Get(Inode);
        if (inode is null)
        {
            return StatusCode.ENoEnt;
        }

        if (!inode.IsFile || inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        if (Index > FileLength.MaxChunkIndex)
        {
            return StatusCode.IndexTooBig;
        }

        state.EnterContent(Inode);
        id = state.ChunkAt(Inode, inode, Index);
        if (state.HasQuotas && state.FileExceedsQuota(Inode, inode, Growth(state, inode, isHole: id == 0)))
        {
            return StatusCode.Quota;
        }

        if (id == 0)
        {
            return SeenChunk == 0 && Copies != SeenCopies.Unfinished ? StatusCode.Ok : StatusCode.Mismatch;
        }

        chunk = ChunkRules.InSlot(state, id, SeenVersion);
        if (chunk is null)
        {
            return StatusCode.NoChunk;
        }

        if (chunk.References == 0)
        {
            throw new InvariantException($"chunk {id:X16} is in slot {Index} of inode {Inode} but has no reference");
        }

        if (chunk.IsLocked(now) && !MayEnter(chunk))
        {
            return StatusCode.Locked;
        }

        var unfinished = chunk.IsLocked(now) && chunk.LockSession == Caller.Session && chunk.Work is not null;
        if (SeenChunk != id || SeenVersion != chunk.Version || SeenCondemned != (chunk.CondemnedAt?.Length ?? 0) || (Copies == SeenCopies.Unfinished && !unfinished))
        {
            return StatusCode.Mismatch;
        }

        return Copies == SeenCopies.Doubtful && chunk.Version >= ChunkRules.MaxVersion ? StatusCode.Io : StatusCode.Ok;
    }

    // The session that holds the lock repeats its request after a failover, or goes on after a chunkserver's error.
    // Imported locks have no session: stock masters let everybody enter who says that he goes on.
    private bool MayEnter(Chunk chunk) =>
        chunk.Work is not { IsTruncate: true }
        && (chunk.LockSession == Caller.Session || (chunk.LockSession == 0 && (Flags & ChunkOperationFlags.Continue) != 0));

    // Quotas must have room for the chunk as if it were full, and for the length at which it begins.
    private TotalsChange Growth(NamespaceState state, Inode inode, bool isHole)
    {
        var last = FileLength.LastChunk(inode.Length);
        var size = Index < last && !isHole ? 0
            : Index == last && !isHole ? FileLength.OccupiedByFullChunk - FileLength.OccupiedInLastChunk(inode.Length)
            : FileLength.OccupiedByFullChunk;
        return new TotalsChange(0, Length: (long)(LengthAfter(inode) - inode.Length), Size: size, RealSize: state.MostRealSize(inode.StorageClass, size));
    }
}

/// <summary>What the supervisor found out about a chunk's copies before a write.</summary>
public enum SeenCopies : byte
{
    /// <summary>They are good: a write may go on with the version that they have. Also for a hole.</summary>
    Good = 0,

    /// <summary>Good ones exist, but others were lost or are in doubt: the version must grow. Only after good copies were seen to have the version.</summary>
    Doubtful = 1,

    /// <summary>
    /// The session's earlier order (<see cref="Chunk.Work"/>) was perhaps not executed, as after a failover: it is answered again, nothing new is ordered,
    /// so that two version steps never run ahead of the copies.
    /// </summary>
    Unfinished = 2,
}

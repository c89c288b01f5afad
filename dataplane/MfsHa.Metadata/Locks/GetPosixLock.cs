using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Locks;

/// <summary>POSIX_LOCK get (client-protocol 5.6): the first lock that is in the way.</summary>
/// <param name="Inode">The file.</param>
/// <param name="Session">Session.</param>
/// <param name="Owner">Owner within the session.</param>
/// <param name="Type">Kind of lock that is wanted.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">Behind the last byte.</param>
[MemoryPackable]
public sealed partial record GetPosixLock(uint Inode, uint Session, ulong Owner, PosixLockType Type, ulong Start, ulong End) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Type == PosixLockType.Unlock
            || state.PosixLocks.Get(Inode) is not { } locks
            || PosixLock.Conflict(locks.Owners, Session, Owner, new LockRange(Start, End, Type == PosixLockType.Write)) is not var (owner, range))
        {
            return ConflictReply.None;
        }

        return new ConflictReply(
            owner.Session == Session ? owner.Pid : 0, range.Exclusive ? PosixLockType.Write : PosixLockType.Read, range.Start, range.End);
    }
}

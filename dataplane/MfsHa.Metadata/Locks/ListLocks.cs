using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Locks;

/// <summary>Held locks (client-protocol 3.9: LIST_ACQUIRED_LOCKS), in pages of whole inodes. Clients want all POSIX locks first, then all flocks.</summary>
/// <param name="Inode">Only this inode; 0 = all.</param>
/// <param name="Flocks">True: flocks; false: POSIX locks.</param>
/// <param name="AfterInode">Last inode of the page before, 0 to begin.</param>
/// <param name="Limit">The page ends with the inode at which it has at least so many locks.</param>
[MemoryPackable]
public sealed partial record ListLocks(uint Inode, bool Flocks, uint AfterInode, int Limit) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var page = new List<HeldLock>();
        foreach (var (inode, locks) in Flocks ? FlocksOf(state) : PosixLocksOf(state))
        {
            page.AddRange(locks);
            if (page.Count >= Limit)
            {
                return new LocksReply([.. page], Inode == 0 ? inode : 0);
            }
        }

        return new LocksReply([.. page], 0);
    }

    private IEnumerable<(uint Inode, IEnumerable<HeldLock> Locks)> PosixLocksOf(NamespaceState state)
    {
        var records = Inode != 0 ? state.PosixLocks.Range(Inode, Inode + 1) : state.PosixLocks.Range(AfterInode + 1, 0, toEnd: true);
        return records.Select(static r => (r.Key, r.Value.Owners.SelectMany(o => o.Ranges.Select(
            range => new HeldLock(r.Key, o.Session, o.Owner, o.Pid, range.Start, range.End, range.Exclusive)))));
    }

    private IEnumerable<(uint Inode, IEnumerable<HeldLock> Locks)> FlocksOf(NamespaceState state)
    {
        var records = Inode != 0 ? state.Flocks.Range(Inode, Inode + 1) : state.Flocks.Range(AfterInode + 1, 0, toEnd: true);
        return records.Select(static r => (r.Key, r.Value.Holders.Select(h => new HeldLock(r.Key, h.Session, h.Owner, 0, 0, 0, h.Exclusive))));
    }
}

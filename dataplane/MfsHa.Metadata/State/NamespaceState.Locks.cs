using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Locks;

namespace MfsHa.Metadata.State;

/// <content>File locks that are held. Who waits for one is known only to the leader's cluster layer.</content>
public sealed partial class NamespaceState
{
    /// <summary>flock locks by inode.</summary>
    public Table<uint, InodeFlocks, UInt32Key, MemoryPackValue<InodeFlocks>> Flocks { get; private set; } = null!;

    /// <summary>POSIX locks by inode.</summary>
    public Table<uint, InodePosixLocks, UInt32Key, MemoryPackValue<InodePosixLocks>> PosixLocks { get; private set; } = null!;

    /// <summary>
    /// Inodes whose locks the last command released or weakened: whoever waits for them may try again. Not part of the state: cleared before each command.
    /// </summary>
    public List<uint> ReleasedLocks { get; } = [];

    /// <summary>Releases all locks of a session on an inode.</summary>
    public void ReleaseLocks(uint session, uint number)
    {
        if (Flocks.Get(number) is { } flocks && Array.Exists(flocks.Holders, h => h.Session == session))
        {
            SetFlocks(number, Array.FindAll(flocks.Holders, h => h.Session != session));
            ReleasedLocks.Add(number);
        }

        if (PosixLocks.Get(number) is { } locks && Array.Exists(locks.Owners, o => o.Session == session))
        {
            SetPosixLocks(number, Array.FindAll(locks.Owners, o => o.Session != session));
            ReleasedLocks.Add(number);
        }
    }

    internal void SetFlocks(uint number, FlockHolder[] holders)
    {
        if (holders.Length > 1 && Array.Exists(holders, static h => h.Exclusive))
        {
            throw new InvariantException($"inode {number} would have an exclusive lock that is not alone");
        }

        if (holders.Length > 0)
        {
            Flocks.Set(number, new InodeFlocks(holders));
        }
        else if (Flocks.Contains(number))
        {
            Flocks.Remove(number);
        }
    }

    internal void SetPosixLocks(uint number, OwnerLocks[] owners)
    {
        if (owners.Length > 0)
        {
            PosixLocks.Set(number, new InodePosixLocks(owners));
        }
        else if (PosixLocks.Contains(number))
        {
            PosixLocks.Remove(number);
        }
    }

    partial void OnClosed(uint session, uint number) => ReleaseLocks(session, number);
}

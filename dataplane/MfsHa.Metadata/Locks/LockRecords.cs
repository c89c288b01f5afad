using System.Runtime.InteropServices;
using MemoryPack;

namespace MfsHa.Metadata.Locks;

/// <summary>All flock locks of an inode: one exclusive or any number of shared ones, the newest first.</summary>
[MemoryPackable]
public sealed partial record InodeFlocks(FlockHolder[] Holders)
{
    /// <summary>Most holders of one inode.</summary>
    public const int MaxHolders = 65_536;
}

/// <summary>Somebody who holds a flock lock.</summary>
/// <param name="Session">Session.</param>
/// <param name="Owner">Owner within the session.</param>
/// <param name="Exclusive">False = shared.</param>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct FlockHolder(uint Session, ulong Owner, bool Exclusive)
{
    /// <summary>True for a lock of this owner.</summary>
    public bool IsOf(uint session, ulong owner) => Session == session && Owner == owner;
}

/// <summary>All POSIX locks of an inode, by owner, the longest-standing first.</summary>
[MemoryPackable]
public sealed partial record InodePosixLocks(OwnerLocks[] Owners)
{
    /// <summary>Most ranges of one inode.</summary>
    public const int MaxRanges = 65_536;
}

/// <summary>The POSIX locks of one owner.</summary>
/// <param name="Session">Session.</param>
/// <param name="Owner">Owner within the session.</param>
/// <param name="Pid">Process that took the first of them.</param>
/// <param name="Ranges">Ascending, not overlapping, touching ones of different types; at least one.</param>
[MemoryPackable]
public sealed partial record OwnerLocks(uint Session, ulong Owner, uint Pid, LockRange[] Ranges)
{
    /// <summary>True for the locks of this owner.</summary>
    public bool IsOf(uint session, ulong owner) => Session == session && Owner == owner;
}

/// <summary>A locked range.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">Behind the last byte; 2^64-1 = to the end of the file.</param>
/// <param name="Exclusive">True for a write lock, false for a read lock.</param>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)] // no padding: equal values have equal bytes on all nodes
public readonly partial record struct LockRange(ulong Start, ulong End, bool Exclusive)
{
    /// <summary>True when both have a byte in common and one of them is exclusive.</summary>
    public bool ConflictsWith(LockRange other) => (Exclusive || other.Exclusive) && End > other.Start && Start < other.End;
}

using System.Runtime.InteropServices;
using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Locks;

/// <summary>
/// Answer to a lock command that did not fail. Who must wait tries the same command again when a lock of the inode was released
/// (<see cref="State.NamespaceState.ReleasedLocks"/>).
/// </summary>
/// <param name="Granted">True when done; false when another owner's lock is in the way.</param>
[MemoryPackable]
public sealed partial record LockReply(bool Granted) : Reply
{
    /// <summary>Done.</summary>
    public static readonly LockReply Done = new(true);

    /// <summary>Another owner's lock is in the way.</summary>
    public static readonly LockReply MustWait = new(false);
}

/// <summary>Answer to a question for a POSIX lock: the first that is in the way.</summary>
/// <param name="Pid">Its process if it is of the same session, otherwise 0.</param>
/// <param name="Type"><see cref="PosixLockType.Unlock"/> when nothing is in the way; then all is 0.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">Behind the last byte.</param>
[MemoryPackable]
public sealed partial record ConflictReply(uint Pid, PosixLockType Type, ulong Start, ulong End) : Reply
{
    /// <summary>Nothing is in the way.</summary>
    public static readonly ConflictReply None = new(0, PosixLockType.Unlock, 0, 0);
}

/// <summary>A page of held locks.</summary>
/// <param name="Locks">By inode.</param>
/// <param name="LastInode">Give this as the next page's <see cref="ListLocks.AfterInode"/>; 0 at the end.</param>
[MemoryPackable]
public sealed partial record LocksReply(HeldLock[] Locks, uint LastInode) : Reply;

/// <summary>A held lock as LIST_ACQUIRED_LOCKS shows it.</summary>
/// <param name="Inode">Inode.</param>
/// <param name="Session">Session.</param>
/// <param name="Owner">Owner within the session.</param>
/// <param name="Pid">Process; 0 for flock.</param>
/// <param name="Start">First byte; 0 for flock.</param>
/// <param name="End">Behind the last byte; 0 for flock.</param>
/// <param name="Exclusive">False = shared.</param>
[MemoryPackable]
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly partial record struct HeldLock(uint Inode, uint Session, ulong Owner, uint Pid, ulong Start, ulong End, bool Exclusive);

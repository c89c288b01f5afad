using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Rules;

/// <summary>When a read moves an object's access time (client-protocol 7.3, ATIME_MODE).</summary>
public static class AccessTimes
{
    private const uint Day = 86_400;

    /// <summary>True when a time that a client reports should become the access time: only forward.</summary>
    public static bool Moves(AccessTimeMode mode, Inode inode, uint time) => time > inode.AccessTime && IsDue(mode, inode, time);

    /// <summary>True when reading the object at <paramref name="now"/> should set its access time.</summary>
    public static bool IsDue(AccessTimeMode mode, Inode inode, uint now) => inode.AccessTime != now && mode switch
    {
        AccessTimeMode.Always => true,
        AccessTimeMode.FilesAlways => inode.IsFile,
        AccessTimeMode.Relative => IsStale(inode, now),
        AccessTimeMode.FilesRelative => inode.IsFile && IsStale(inode, now),
        _ => false,
    };

    // The sum wraps round at 32 bits, as it does in stock masters: a time at the far end of the range counts as old.
    private static bool IsStale(Inode inode, uint now) =>
        (inode.AccessTime <= inode.ChangeTime && now >= inode.ChangeTime)
        || (inode.AccessTime <= inode.ModificationTime && now >= inode.ModificationTime)
        || unchecked(inode.AccessTime + Day) < now;
}

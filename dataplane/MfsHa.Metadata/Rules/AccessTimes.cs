using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Rules;

/// <summary>When a read moves an object's access time (client-protocol 7.3, ATIME_MODE).</summary>
public static class AccessTimes
{
    private const ulong Day = 86_400;

    /// <summary>True when the access time should become <paramref name="time"/>.</summary>
    public static bool Moves(AccessTimeMode mode, Inode inode, uint time)
    {
        if (time <= inode.AccessTime)
        {
            return false;
        }

        return mode switch
        {
            AccessTimeMode.Always => true,
            AccessTimeMode.FilesAlways => inode.IsFile,
            AccessTimeMode.Relative => IsStale(inode, time),
            AccessTimeMode.FilesRelative => inode.IsFile && IsStale(inode, time),
            _ => false,
        };
    }

    private static bool IsStale(Inode inode, uint time) =>
        (inode.AccessTime <= inode.ChangeTime && time >= inode.ChangeTime)
        || (inode.AccessTime <= inode.ModificationTime && time >= inode.ModificationTime)
        || inode.AccessTime + Day < time;
}

using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using MfsHa.Playground.Native;

namespace MfsHa.Playground.MooseFs;

/// <summary>The mounts of this machine as the kernel lists them.</summary>
public static class MountTable
{
    private const string Table = "/proc/self/mountinfo";
    private const int DeviceField = 2;
    private const int MountPointField = 4;

    /// <summary>Mount points at or below <paramref name="folder"/>, deepest first.</summary>
    public static string[] Below(string folder) => [.. Find(folder).Select(static mount => mount.Point)];

    public static bool Contains(string mountPoint) => Below(mountPoint).Contains(mountPoint);

    /// <summary>Unmounts in good order.</summary>
    /// <exception cref="Win32Exception">It is refused, for example because a file is open.</exception>
    public static void Unmount(string mountPoint) => Unmount(mountPoint, 0);

    /// <summary>
    /// Takes every mount at or below <paramref name="folder"/> away from its users. Calls that wait for a FUSE server fail from now on;
    /// otherwise the server could not even be killed. Does nothing where nothing is mounted.
    /// </summary>
    public static void Abandon(string folder)
    {
        foreach (var (point, device) in Find(folder))
        {
            Unmount(point, NativeMethods.UnmountDetach);
            var abort = $"/sys/fs/fuse/connections/{device}/abort";
            if (File.Exists(abort))
            {
                File.WriteAllText(abort, "1");
            }
        }
    }

    /// <summary>Mount points, deepest first, with the minor number of the file system's device: the number of a FUSE connection.</summary>
    private static IReadOnlyList<(string Point, uint Device)> Find(string folder)
        => [.. File.ReadLines(Table)
            .Select(static line => line.Split(' '))
            .Select(static fields => (
                Point: Unescape(fields[MountPointField]),
                Device: uint.Parse(fields[DeviceField].Split(':')[1], CultureInfo.InvariantCulture)))
            .Where(mount => mount.Point == folder || mount.Point.StartsWith(folder + "/", StringComparison.Ordinal))
            .OrderByDescending(static mount => mount.Point.Length)];

    private static void Unmount(string mountPoint, int flags)
    {
        if (NativeMethods.Unmount(mountPoint, flags) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"umount {mountPoint}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    // proc(5): space, tab, newline and backslash are written as \ooo.
    private static string Unescape(string field)
        => field.Replace(@"\040", " ").Replace(@"\011", "\t").Replace(@"\012", "\n").Replace(@"\134", @"\");
}

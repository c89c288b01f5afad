namespace MfsHa.Testbed.MooseFs;

/// <summary>The mounts of this machine as the kernel lists them.</summary>
public static class MountTable
{
    private const string Table = "/proc/self/mountinfo";
    private const int MountPointField = 4;

    /// <summary>Mount points at or below <paramref name="folder"/>, deepest first.</summary>
    public static string[] Below(string folder)
        => [.. File.ReadLines(Table)
            .Select(static line => Unescape(line.Split(' ')[MountPointField]))
            .Where(point => point == folder || point.StartsWith(folder + "/", StringComparison.Ordinal))
            .OrderByDescending(static point => point.Length)];

    public static bool Contains(string mountPoint) => Below(mountPoint).Contains(mountPoint);

    /// <summary>Every call that waits for that FUSE server fails from now on; does nothing if the connection is gone.</summary>
    /// <param name="connection">The minor number of the file system's device.</param>
    public static void AbortConnection(uint connection)
    {
        var abort = $"/sys/fs/fuse/connections/{connection}/abort";
        if (File.Exists(abort))
        {
            File.WriteAllText(abort, "1");
        }
    }

    // proc(5): space, tab, newline and backslash are written as \ooo.
    private static string Unescape(string field)
        => field.Replace(@"\040", " ").Replace(@"\011", "\t").Replace(@"\012", "\n").Replace(@"\134", @"\");
}

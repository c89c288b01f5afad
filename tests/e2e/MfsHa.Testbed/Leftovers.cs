using MfsHa.Testbed.MooseFs;
using MfsHa.Testbed.Native;
using MfsHa.Testbed.Networking;

namespace MfsHa.Testbed;

/// <summary>Finds and removes what test runs left that ended without cleaning up: processes, mounts, namespaces, folders.</summary>
public static class Leftovers
{
    /// <summary>All names that the testbed gives to things of the machine start so; then follow <c>-owner-number</c>.</summary>
    public const string Prefix = "mfshatb";

    /// <summary>Where the environments' folders are.</summary>
    public static string BaseFolder { get; } = Environment.GetEnvironmentVariable("MFSHA_TESTBED_FOLDER") ?? Path.GetTempPath();

    /// <summary>Removes the leftovers of processes that are not alive any more.</summary>
    public static async Task SweepAsync(CancellationToken cancellation = default)
    {
        foreach (var folder in Directory.GetDirectories(BaseFolder, $"{Prefix}-*").Where(static f => IsOrphan(Path.GetFileName(f))))
        {
            foreach (var mount in MountTable.Below(folder))
            {
                Posix.Unmount(mount, lazily: true);
            }
        }
        foreach (var name in NamespaceNames().Where(IsOrphan))
        {
            await new NetworkNamespace(name).DeleteAsync(cancellation).ConfigureAwait(false);
        }
        foreach (var folder in Directory.GetDirectories(BaseFolder, $"{Prefix}-*").Where(static f => IsOrphan(Path.GetFileName(f))))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> NamespaceNames()
        => Directory.Exists(NetworkNamespace.Folder)
            ? Directory.GetFiles(NetworkNamespace.Folder, $"{Prefix}-*").Select(static f => Path.GetFileName(f))
            : [];

    // mfshatb-PID.START-NUMBER[-HOST]
    private static bool IsOrphan(string name) => name.Split('-') is [_, var owner, ..] && !OwnerTag.IsAlive(owner);
}

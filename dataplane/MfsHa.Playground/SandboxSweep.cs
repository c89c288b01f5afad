using MfsHa.Playground.MooseFs;
using MfsHa.Playground.Networking;

namespace MfsHa.Playground;

/// <summary>Removes sandboxes from outside: those that a killed process left, or one that was kept on purpose.</summary>
public static class SandboxSweep
{
    /// <summary>A file of this name says that a sandbox outlives its owner on purpose.</summary>
    internal const string KeptMarker = "kept";

    /// <summary>Removes the sandboxes under <paramref name="baseFolder"/> whose process is not alive any more and that are not to be kept.</summary>
    public static async Task SweepAsync(string prefix, string baseFolder, CancellationToken cancellation = default)
    {
        var folders = Directory.GetDirectories(baseFolder, $"{prefix}-*").Select(static path => Path.GetFileName(path));
        var orphans = folders.Concat(NetworkNamespace.All())
            .Select(name => SandboxName.TryParse(prefix, name))
            .OfType<SandboxName>()
            .Where(name => name.IsOrphan && !IsKept(Path.Combine(baseFolder, name.ToString())))
            .Distinct()
            .ToList();
        foreach (var orphan in orphans)
        {
            await RemoveAsync(Path.Combine(baseFolder, orphan.ToString()), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Whether <paramref name="folder"/> is a sandbox that was left running on purpose.</summary>
    public static bool IsKept(string folder) => File.Exists(Path.Combine(folder, KeptMarker));

    /// <summary>Removes the sandbox whose folder this is: mounts, processes, namespaces, folder. What is gone already is no failure.</summary>
    public static async Task RemoveAsync(string folder, CancellationToken cancellation = default)
    {
        MountTable.Abandon(folder);
        foreach (var name in NetworkNamespace.All().Where(name => name.StartsWith($"{Path.GetFileName(folder)}-", StringComparison.Ordinal)))
        {
            await new NetworkNamespace(name).DeleteAsync(cancellation).ConfigureAwait(false);
        }
        while (Directory.Exists(folder))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another sweep is at it, too.
            }
        }
    }
}

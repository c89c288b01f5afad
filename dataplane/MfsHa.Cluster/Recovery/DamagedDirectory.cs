using System.Globalization;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Status;
using MfsHa.Consensus;
using MfsHa.Storage;

namespace MfsHa.Cluster.Recovery;

/// <summary>
/// Damaged data of a node, set aside in a directory <c>damaged-TIME</c> within its data directory: nothing reads them any more, but a person may. Only the last ones are kept.
/// </summary>
public static class DamagedDirectory
{
    private const string Prefix = "damaged-";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    // The log store may share its directory with the node's log files.
    private const string LogFilePrefix = "mfsha";

    /// <summary>The name for data that are set aside now.</summary>
    public static string NameAt(DateTimeOffset now) => Prefix + now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>When data were set aside last; null: never.</summary>
    public static DateTimeOffset? LastIn(string dataPath) => All(dataPath).Select(static a => (DateTimeOffset?)a.Time).Max();

    /// <summary>
    /// Moves everything that belongs to the node's former life aside; again after an interruption, with the same name. What was set aside before is deleted first.
    /// </summary>
    public static void SetAside(string dataPath, string name)
    {
        var target = Path.Combine(dataPath, name);
        foreach (var (path, _) in All(dataPath).Where(a => a.Path != target))
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(target);
        DirectorySync.Sync(dataPath);
        foreach (var file in (string[])[Path.GetFileName(new IdentityFile(dataPath).FullName), ReplicaFault.FileName, Retirement.FileName])
        {
            if (File.Exists(Path.Combine(dataPath, file)))
            {
                File.Move(Path.Combine(dataPath, file), Path.Combine(target, file));
            }
        }

        SetLogAside(ConsensusHost.LogDirectory(dataPath), ConsensusHost.LogDirectory(target));
        if (Directory.Exists(ClusterHost.StateDirectory(dataPath)))
        {
            Directory.Move(ClusterHost.StateDirectory(dataPath), ClusterHost.StateDirectory(target));
        }

        DirectorySync.Sync(target);
        DirectorySync.Sync(dataPath);
    }

    private static void SetLogAside(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(static f => !Path.GetFileName(f).StartsWith(LogFilePrefix, StringComparison.Ordinal)))
        {
            File.Move(file, Path.Combine(to, Path.GetFileName(file)));
        }

        DirectorySync.Sync(to);
        DirectorySync.Sync(from);
    }

    private static IEnumerable<(string Path, DateTimeOffset Time)> All(string dataPath)
    {
        foreach (var path in Directory.GetDirectories(dataPath, Prefix + "*"))
        {
            if (DateTimeOffset.TryParseExact(Path.GetFileName(path)[Prefix.Length..], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                yield return (path, time);
            }
        }
    }
}

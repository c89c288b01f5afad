using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>The file system as clients see it.</summary>
/// <param name="ExportsFile">Absolute path of mfsexports.cfg.</param>
/// <param name="InstanceName">Name that mfsgui shows; may be empty.</param>
/// <param name="SessionSustainTime">How long a disconnected session lives.</param>
/// <param name="AccessTimeMode">mfsmaster's ATIME_MODE, 0..4.</param>
/// <param name="InodeReuseDelay">How long a freed inode number rests.</param>
/// <param name="MaxHardLinks">Most links of one object.</param>
/// <param name="QuotaGracePeriod">Default grace period of soft quotas.</param>
/// <param name="KeepEmptyFilesInTrash">Whether deleted empty files go to the trash.</param>
public sealed record FileSystemConfiguration(
    string ExportsFile,
    string InstanceName,
    TimeSpan SessionSustainTime,
    int AccessTimeMode,
    TimeSpan InodeReuseDelay,
    int MaxHardLinks,
    TimeSpan QuotaGracePeriod,
    bool KeepEmptyFilesInTrash)
{
    internal static FileSystemConfiguration From(ConfigurationValues values, string dataPath) => new(
        Path.GetFullPath(values.Get(FileSystemKeys.ExportsFile), dataPath),
        values.Get(FileSystemKeys.InstanceName),
        values.Get(FileSystemKeys.SessionSustainTime),
        values.Get(FileSystemKeys.AccessTimeMode),
        values.Get(FileSystemKeys.InodeReuseDelay),
        values.Get(FileSystemKeys.MaxHardLinks),
        values.Get(FileSystemKeys.QuotaGracePeriod),
        values.Get(FileSystemKeys.KeepEmptyFilesInTrash));
}

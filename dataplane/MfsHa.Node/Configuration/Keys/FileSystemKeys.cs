using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>The file system as clients see it; names and defaults are mfsmaster's.</summary>
public static class FileSystemKeys
{
    /// <summary>Where exports are when nothing else is said.</summary>
    public const string DefaultExportsFile = "/etc/mfs/mfsexports.cfg";

    /// <summary><c>EXPORTS_FILENAME</c>.</summary>
    public static readonly ConfigurationKey<string> ExportsFile = Key(
        "EXPORTS_FILENAME", TextFormats.Path, DefaultExportsFile, ReloadClass.Reload,
        "The mfsexports.cfg of this node; must be the same on all nodes. A node does not start without it. A relative path is taken from DATA_PATH.", ofOneNode: true);

    /// <summary><c>INSTANCE_NAME</c>.</summary>
    public static readonly ConfigurationKey<string> InstanceName = Key(
        "INSTANCE_NAME", TextFormats.Text, "", ReloadClass.Reload, "Name of the file system that mfsgui shows.");

    /// <summary><c>SESSION_SUSTAIN_TIME</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> SessionSustainTime = Key(
        "SESSION_SUSTAIN_TIME", TimeFormats.Seconds(TimeSpan.FromSeconds(60), TimeSpan.FromDays(7)), "1d", ReloadClass.Reload,
        "How long the session of a disconnected client keeps its open files and locks. The node that leads the system group decides: the same on all nodes.");

    /// <summary><c>ATIME_MODE</c>.</summary>
    public static readonly ConfigurationKey<int> AccessTimeMode = Key(
        "ATIME_MODE", NumberFormats.Integer(0, 4), "2", ReloadClass.Reload,
        "When access times change: 0 always; 1 always, files only; 2 when older than mtime or ctime or a day; 3 as 2, files only; 4 never.");

    /// <summary><c>INODE_REUSE_DELAY</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> InodeReuseDelay = Key(
        "INODE_REUSE_DELAY", TimeFormats.Seconds(TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(3_000_000)), "1d", ReloadClass.Reload,
        "How long the inode number of a deleted object is not given to another. Must exceed every cache time of every client.");

    /// <summary><c>MAX_ALLOWED_HARD_LINKS</c>.</summary>
    public static readonly ConfigurationKey<int> MaxHardLinks = Key(
        "MAX_ALLOWED_HARD_LINKS", NumberFormats.Integer(8, 65000), "32767", ReloadClass.Reload, "Most hard links of one object.");

    /// <summary><c>QUOTA_DEFAULT_GRACE_PERIOD</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> QuotaGracePeriod = Key(
        "QUOTA_DEFAULT_GRACE_PERIOD", TimeFormats.Seconds(TimeSpan.Zero, TimeSpan.FromSeconds(uint.MaxValue)), "1w", ReloadClass.Reload,
        "How long a soft quota may be exceeded where the quota itself does not say.");

    /// <summary><c>KEEP_EMPTY_FILES_IN_TRASH</c>.</summary>
    public static readonly ConfigurationKey<bool> KeepEmptyFilesInTrash = Key(
        "KEEP_EMPTY_FILES_IN_TRASH", TextFormats.Flag, "0", ReloadClass.Reload, "Whether empty files go to the trash when they are deleted.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new(
        "File system",
        [ExportsFile, InstanceName, SessionSustainTime, AccessTimeMode, InodeReuseDelay, MaxHardLinks, QuotaGracePeriod, KeepEmptyFilesInTrash]);
}

using MemoryPack;

namespace MfsHa.Metadata.State;

/// <summary>Which reads move access times (mfsmaster.cfg: ATIME_MODE).</summary>
public enum AccessTimeMode : byte
{
    /// <summary>All objects, always.</summary>
    Always = 0,

    /// <summary>Files, always.</summary>
    FilesAlways = 1,

    /// <summary>All objects, when changed since the last access or after a day.</summary>
    Relative = 2,

    /// <summary>Files, when changed since the last access or after a day.</summary>
    FilesRelative = 3,

    /// <summary>Never.</summary>
    Never = 4,
}

/// <summary>Options that decide what commands do. They are state, changed by a command, so that all replicas agree.</summary>
[MemoryPackable]
public sealed partial record Settings
{
    /// <summary>Fewest hard links that <see cref="MaxHardLinks"/> may be.</summary>
    public const uint LeastMaxHardLinks = 8;

    /// <summary>Most hard links that <see cref="MaxHardLinks"/> may be.</summary>
    public const uint MostMaxHardLinks = 65_000;

    /// <summary>Shortest <see cref="InodeReuseDelay"/>, seconds.</summary>
    public const uint LeastInodeReuseDelay = 300;

    /// <summary>Longest <see cref="InodeReuseDelay"/>, seconds.</summary>
    public const uint MostInodeReuseDelay = 3_000_000;

    /// <summary>The defaults of mfsmaster.cfg.</summary>
    public static readonly Settings Default = new();

    /// <summary>Most directory entries of one object (MAX_ALLOWED_HARD_LINKS), 8..65000.</summary>
    public uint MaxHardLinks { get; init; } = 32_767;

    /// <summary>How long a freed inode number rests (INODE_REUSE_DELAY), seconds, 300..3,000,000.</summary>
    public uint InodeReuseDelay { get; init; } = 86_400;

    /// <summary>Empty files go to the trash, too (KEEP_EMPTY_FILES_IN_TRASH).</summary>
    public bool KeepEmptyFilesInTrash { get; init; }

    /// <summary>Which reads move access times (ATIME_MODE).</summary>
    public AccessTimeMode AccessTimes { get; init; } = AccessTimeMode.Relative;

    /// <summary>How long soft quotas may be exceeded unless they say otherwise (QUOTA_DEFAULT_GRACE_PERIOD), seconds.</summary>
    public uint QuotaGraceSeconds { get; init; } = 7 * 86_400;

    /// <summary>Most objects that one snapshot copies or removes: everything else waits meanwhile.</summary>
    public uint MaxSnapshotObjects { get; init; } = 1_000_000;

    /// <summary>True when every option is in its range.</summary>
    [MemoryPackIgnore]
    public bool IsValid =>
        MaxHardLinks is >= LeastMaxHardLinks and <= MostMaxHardLinks
        && InodeReuseDelay is >= LeastInodeReuseDelay and <= MostInodeReuseDelay
        && AccessTimes <= AccessTimeMode.Never;
}

namespace MfsHa.Operator.Cluster.Rendering;

/// <summary>
/// Keys that all nodes change while they run, because the cluster itself holds them (mfsha-admin config set). They are in no file, so a change of them starts no node again.
/// Those of docs/configuration.md whose change needs a reload, but secrets and paths.
/// </summary>
public static class OnlineKeys
{
    /// <summary>The keys.</summary>
    public static IReadOnlySet<string> All { get; } = new SortedSet<string>(StringComparer.Ordinal)
    {
        "ACCEPTABLE_PERCENTAGE_DIFFERENCE", "ATIME_MODE", "CHUNKS_HARD_DEL_LIMIT", "CHUNKS_LOOP_MAX_CPS", "CHUNKS_LOOP_MIN_TIME", "CHUNKS_READ_REP_LIMIT", "CHUNKS_SOFT_DEL_LIMIT",
        "CHUNKS_UNIQUE_MODE", "CHUNKS_WRITE_REP_LIMIT", "CS_DAYS_TO_REMOVE_UNUSED", "CS_MAINTENANCE_MODE_TIMEOUT", "CS_TEMP_MAINTENANCE_MODE_TIMEOUT", "HA_MOVES_AT_ONCE", "HA_MOVE_BYTES_PER_SECOND", "INODE_REUSE_DELAY", "INSTANCE_NAME",
        "KEEP_EMPTY_FILES_IN_TRASH", "MATOCL_TIMEOUT", "MATOCS_TIMEOUT", "MATOML_TIMEOUT", "MAX_ALLOWED_HARD_LINKS", "MFSHA_LOG_LEVEL", "QUOTA_DEFAULT_GRACE_PERIOD", "REPLICATIONS_DELAY_INIT",
        "SESSION_SUSTAIN_TIME",
    };
}

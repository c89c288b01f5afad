using System.Collections.Frozen;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>
/// Keys of mfsmaster.cfg (3.0.117 to 4.59.2, chunkserver-protocol 9) that are accepted with a warning and have no effect, so that a file which was
/// written for mfsmaster can be used as it is.
/// </summary>
public static class ForeignKeys
{
    private const string LogIsRaft = "changes are in the Raft log and the state is on disk all the time: there is no metadata file that is saved from time to time";
    private const string NoTopology = "mfsha has no topology file";
    private const string Scheduling = "mfsha paces this work by itself";
    private const string NativeMemory = "it tunes mfsmaster's own memory management";
    private const string NoRemapping = "mfsha does not map chunkserver addresses";
    private const string OwnLog = "mfsha writes its own log file: MFSHA_LOG_LEVEL, MFSHA_LOG_DIRECTORY";
    private const string NotOffered = "mfsha does not offer it";

    /// <summary>Key and why it has no effect.</summary>
    public static FrozenDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["TOPOLOGY_FILENAME"] = NoTopology,
        ["REPLICATIONS_RESPECT_TOPOLOGY"] = NoTopology,
        ["CREATIONS_RESPECT_TOPOLOGY"] = NoTopology,
        ["METADATA_SAVE_FREQ"] = LogIsRaft,
        ["METADATA_SAVE_OFFSET"] = LogIsRaft,
        ["METADATA_DOWNLOAD_FREQ"] = LogIsRaft,
        ["BACK_LOGS"] = LogIsRaft,
        ["BACK_META_KEEP_PREVIOUS"] = LogIsRaft,
        ["CHANGELOG_PRESERVE_SECONDS"] = LogIsRaft,
        ["CHANGELOG_PRESERVE_MB"] = LogIsRaft,
        ["CHANGELOG_SAVE_MODE"] = LogIsRaft,
        ["SYSLOG_MIN_LEVEL"] = OwnLog,
        ["SYSLOG_ELEVATE_TO"] = OwnLog,
        ["DISABLE_OOM_KILLER"] = NativeMemory,
        ["LIMIT_GLIBC_MALLOC_ARENAS"] = NativeMemory,
        ["JOBS_TIMER_MILLISECONDS"] = Scheduling,
        ["JOBS_TIMER_MILISECONDS"] = Scheduling,
        ["PRIORITY_QUEUES_LENGTH"] = Scheduling,
        ["CHUNK_PROTECTION_SECONDS"] = Scheduling,
        ["MISSING_LOG_CAPACITY"] = Scheduling,
        ["MATOCS_CHUNK_SERVER_CHECK_MODE"] = Scheduling,
        ["CS_HEAVY_LOAD_THRESHOLD"] = NotOffered,
        ["CS_HEAVY_LOAD_RATIO_THRESHOLD"] = NotOffered,
        ["CS_HEAVY_LOAD_GRACE_PERIOD"] = NotOffered,
        ["RESERVE_SPACE"] = NotOffered,
        ["DEFAULT_EC_DATA_PARTS"] = NotOffered,
        ["RESTRICT_INCOMPATIBLE_CLIENT_VERSIONS"] = NotOffered,
        ["MATOCL_FORCE_TIMEOUT"] = NotOffered,
        ["MATOCS_FORCE_TIMEOUT"] = NotOffered,
        ["MATOML_FORCE_TIMEOUT"] = NotOffered,
        ["LICENCE_FILENAME"] = NotOffered,
        ["REMAP_BITS"] = NoRemapping,
        ["REMAP_SOURCE_IP_CLASS"] = NoRemapping,
        ["REMAP_DESTINATION_IP_CLASS"] = NoRemapping,
        ["MULTILAN_BITS"] = NoRemapping,
        ["MULTILAN_CLASSES"] = NoRemapping,
        ["MULTILAN_IPMAP_FILENAME"] = NoRemapping,
        ["ACCEPTABLE_DIFFERENCE"] = "it was replaced by ACCEPTABLE_PERCENTAGE_DIFFERENCE",
        ["QUOTA_TIME_LIMIT"] = "it was replaced by QUOTA_DEFAULT_GRACE_PERIOD",
        ["LOCK_FILE"] = "the lock file is DATA_PATH/.mfsha.lock",
    }.ToFrozenDictionary();
}

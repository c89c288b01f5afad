using System.Collections.Immutable;
using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>Pace of the chunk supervisor; names and defaults are mfsmaster's (4.x).</summary>
public static class ChunkKeys
{
    private static readonly ValueFormat<TimeSpan> _timeout = TimeFormats.Seconds(TimeSpan.Zero, TimeSpan.FromSeconds(uint.MaxValue));

    /// <summary><c>REPLICATIONS_DELAY_INIT</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> ReplicationsDelay = Key(
        "REPLICATIONS_DELAY_INIT", TimeFormats.Seconds(TimeSpan.Zero, TimeSpan.FromDays(7)), "60", ReloadClass.Reload,
        "Time after a start or a change of leader before copies are replicated, moved or deleted, so that chunkservers can report first.");

    /// <summary><c>CHUNKS_LOOP_MIN_TIME</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> LoopMinTime = Key(
        "CHUNKS_LOOP_MIN_TIME", TimeFormats.Seconds(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(7200)), "300", ReloadClass.Reload,
        "Shortest time of one pass over all chunks.");

    /// <summary><c>CHUNKS_LOOP_MAX_CPS</c>.</summary>
    public static readonly ConfigurationKey<int> LoopMaxChunksPerSecond = Key(
        "CHUNKS_LOOP_MAX_CPS", NumberFormats.Integer(10_000, 10_000_000), "100000", ReloadClass.Reload, "Most chunks checked per second.");

    /// <summary><c>CHUNKS_SOFT_DEL_LIMIT</c>.</summary>
    public static readonly ConfigurationKey<int> SoftDeleteLimit = Key(
        "CHUNKS_SOFT_DEL_LIMIT", NumberFormats.Integer(1, 1_000_000), "10", ReloadClass.Reload,
        "Deletions under way at one chunkserver, while they keep up.");

    /// <summary><c>CHUNKS_HARD_DEL_LIMIT</c>.</summary>
    public static readonly ConfigurationKey<int?> HardDeleteLimit = Key(
        "CHUNKS_HARD_DEL_LIMIT", NumberFormats.OptionalInteger(1, 1_000_000), "", ReloadClass.Reload,
        "Deletions under way at one chunkserver at most. Empty: three times CHUNKS_SOFT_DEL_LIMIT.");

    /// <summary><c>CHUNKS_WRITE_REP_LIMIT</c>.</summary>
    public static readonly ConfigurationKey<ImmutableArray<int>> WriteReplicationLimits = Key(
        "CHUNKS_WRITE_REP_LIMIT", NumberFormats.Limits(2, 1, 1, 4, 4), "2,1,1,4,4", ReloadClass.Reload,
        "Replications to one chunkserver at a time: of endangered chunks, of undergoal chunks, for balance near the mean, for balance far from it, for recovery from disk errors.");

    /// <summary><c>CHUNKS_READ_REP_LIMIT</c>.</summary>
    public static readonly ConfigurationKey<ImmutableArray<int>> ReadReplicationLimits = Key(
        "CHUNKS_READ_REP_LIMIT", NumberFormats.Limits(10, 5, 2, 5, 10), "10,5,2,5,10", ReloadClass.Reload,
        "Replications from one chunkserver at a time, in the same classes.");

    /// <summary><c>CHUNKS_UNIQUE_MODE</c>.</summary>
    public static readonly ConfigurationKey<int> UniqueMode = Key(
        "CHUNKS_UNIQUE_MODE", NumberFormats.Integer(0, 1), "0", ReloadClass.Reload,
        "1: no two copies of a chunk on chunkservers of the same IP address. mfsmaster's 2 (same rack) needs a topology file, which mfsha does not have.");

    /// <summary><c>ACCEPTABLE_PERCENTAGE_DIFFERENCE</c>.</summary>
    public static readonly ConfigurationKey<double> AcceptableDifference = Key(
        "ACCEPTABLE_PERCENTAGE_DIFFERENCE", NumberFormats.Decimal(0.1, 10.0), "1.0", ReloadClass.Reload,
        "Difference of space usage between chunkservers, in percentage points, that needs no balancing.");

    /// <summary><c>CS_DAYS_TO_REMOVE_UNUSED</c>.</summary>
    public static readonly ConfigurationKey<int> DaysToRemoveUnused = Key(
        "CS_DAYS_TO_REMOVE_UNUSED", NumberFormats.Integer(0, 365), "7", ReloadClass.Reload,
        "Days after which a disconnected chunkserver is forgotten; 0 means never.");

    /// <summary><c>CS_MAINTENANCE_MODE_TIMEOUT</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> MaintenanceTimeout = Key(
        "CS_MAINTENANCE_MODE_TIMEOUT", _timeout, "0", ReloadClass.Reload, "Longest maintenance mode of a chunkserver; 0 means no limit.");

    /// <summary><c>CS_TEMP_MAINTENANCE_MODE_TIMEOUT</c>.</summary>
    public static readonly ConfigurationKey<TimeSpan> TemporaryMaintenanceTimeout = Key(
        "CS_TEMP_MAINTENANCE_MODE_TIMEOUT", _timeout, "30m", ReloadClass.Reload,
        "Longest maintenance mode that a chunkserver enters by itself when it is stopped properly.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new(
        "Chunks",
        [
            ReplicationsDelay, LoopMinTime, LoopMaxChunksPerSecond, SoftDeleteLimit, HardDeleteLimit, WriteReplicationLimits, ReadReplicationLimits,
            UniqueMode, AcceptableDifference, DaysToRemoveUnused, MaintenanceTimeout, TemporaryMaintenanceTimeout,
        ]);
}

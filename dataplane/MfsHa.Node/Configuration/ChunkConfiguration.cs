using System.Collections.Immutable;
using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Configuration;

/// <summary>Pace of the chunk supervisor (chunkserver-protocol 7).</summary>
/// <param name="ReplicationsDelay">Quiet time after a start or a change of leader.</param>
/// <param name="LoopMinTime">Shortest pass over all chunks.</param>
/// <param name="LoopMaxChunksPerSecond">Most chunks checked per second.</param>
/// <param name="SoftDeleteLimit">Deletions under way per chunkserver while they keep up.</param>
/// <param name="HardDeleteLimit">Deletions under way per chunkserver at most; never below the soft limit.</param>
/// <param name="WriteReplicationLimits">Five limits per chunkserver: endangered, undergoal, near balance, far balance, I/O recovery.</param>
/// <param name="ReadReplicationLimits">The same for the source.</param>
/// <param name="UniqueMode">0 or 1: no two copies on one IP address.</param>
/// <param name="AcceptableDifference">Percentage points of usage that need no balancing.</param>
/// <param name="DaysToRemoveUnused">0 = never.</param>
/// <param name="MaintenanceTimeout">Zero = no limit.</param>
/// <param name="TemporaryMaintenanceTimeout">Longest automatic maintenance mode.</param>
public sealed record ChunkConfiguration(
    TimeSpan ReplicationsDelay,
    TimeSpan LoopMinTime,
    int LoopMaxChunksPerSecond,
    int SoftDeleteLimit,
    int HardDeleteLimit,
    ImmutableArray<int> WriteReplicationLimits,
    ImmutableArray<int> ReadReplicationLimits,
    int UniqueMode,
    double AcceptableDifference,
    int DaysToRemoveUnused,
    TimeSpan MaintenanceTimeout,
    TimeSpan TemporaryMaintenanceTimeout)
{
    // mfsmaster's `chunks.c: chunk_load_cfg_common`: three times the soft limit when the key is absent.
    private const int HardPerSoft = 3;

    internal static ChunkConfiguration From(ConfigurationValues values) => new(
        values.Get(ChunkKeys.ReplicationsDelay),
        values.Get(ChunkKeys.LoopMinTime),
        values.Get(ChunkKeys.LoopMaxChunksPerSecond),
        values.Get(ChunkKeys.SoftDeleteLimit),
        values.Get(ChunkKeys.HardDeleteLimit) ?? (HardPerSoft * values.Get(ChunkKeys.SoftDeleteLimit)),
        values.Get(ChunkKeys.WriteReplicationLimits),
        values.Get(ChunkKeys.ReadReplicationLimits),
        values.Get(ChunkKeys.UniqueMode),
        values.Get(ChunkKeys.AcceptableDifference),
        values.Get(ChunkKeys.DaysToRemoveUnused),
        values.Get(ChunkKeys.MaintenanceTimeout),
        values.Get(ChunkKeys.TemporaryMaintenanceTimeout));
}

using MfsHa.Cluster.Chunks.Care;
using MfsHa.Gateway;
using MfsHa.Node.Configuration;

namespace MfsHa.Node.Hosting;

/// <summary>The configuration of the chunk supervisor as the layers below want it.</summary>
internal static class ChunkPace
{
    private const double Percent = 100;

    public static CarePace Of(ChunkConfiguration chunks) => new()
    {
        InitialDelay = chunks.ReplicationsDelay,
        LoopMinTime = chunks.LoopMinTime,
        MaxChunksPerSecond = chunks.LoopMaxChunksPerSecond,
        SoftDeletions = chunks.SoftDeleteLimit,
        HardDeletions = chunks.HardDeleteLimit,
        WriteLimits = chunks.WriteReplicationLimits,
        ReadLimits = chunks.ReadReplicationLimits,
        UniqueAddresses = chunks.UniqueMode == 1,
        AcceptableDifference = chunks.AcceptableDifference / Percent,
        ForgetServersAfter = TimeSpan.FromDays(chunks.DaysToRemoveUnused),
    };

    public static void Set(MaintenanceTimes times, ChunkConfiguration chunks)
    {
        times.TemporarySeconds = (uint)chunks.TemporaryMaintenanceTimeout.TotalSeconds;
        times.LimitSeconds = (uint)chunks.MaintenanceTimeout.TotalSeconds;
    }
}

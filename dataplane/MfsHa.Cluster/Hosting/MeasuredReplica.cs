using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Status;
using MfsHa.Consensus;

namespace MfsHa.Cluster.Hosting;

/// <summary>What day-2 operations measure of a replica, and may touch.</summary>
internal sealed record MeasuredReplica(
    IShardLog Log, long HotLimit, Func<(int Hot, int Pending)> Memory, Func<ReplicaCounters> Counters, Action DropCached, LeadershipHistory History)
{
    /// <summary>Begins to measure.</summary>
    public static MeasuredReplica Of<TState>(IShardLog log, Replica<TState> replica, TimeProvider clock)
        where TState : Metadata.Kernel.StateTables
    {
        var history = new LeadershipHistory(log.Leadership, clock);
        log.LeadershipChanged += history.Note;
        history.Note(log.Leadership);
        return new MeasuredReplica(log, replica.HotLimit, () => replica.MemoryUse, () => replica.Counters, replica.DropCached, history);
    }

    /// <summary>The figures now.</summary>
    public ReplicaFigures Measure()
    {
        var (elections, failed, changes) = History.Counts;
        return new ReplicaFigures(Log.Group, Log.Leadership, Log.AppliedIndex, Log.Extent, Memory().Hot, Counters(), elections, failed, changes);
    }
}

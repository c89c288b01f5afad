using MfsHa.Cluster.Hosting;
using MfsHa.Metadata.SystemGroup;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Administration;

/// <summary>
/// Says in the log, when it begins and when it is over, what operators look for there: nodes that come and go, a part of the cluster without a majority, memory and caches that are full, and how much
/// CRDT state has arrived. Looks every ten seconds; what lasts is said again every hour.
/// </summary>
internal sealed partial class HealthWatch(ClusterHost host, ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private const double MemoryShare = 0.9;
    private static readonly TimeSpan Reminder = TimeSpan.FromHours(1);

    private readonly ILogger _network = loggers.CreateLogger("MfsHa.NodeLink");
    private readonly ILogger _crdt = loggers.CreateLogger("MfsHa.Replication");
    private readonly ILogger _node = loggers.CreateLogger<HealthWatch>();
    private readonly Condition _partition = new(Reminder, time);
    private readonly Condition _memory = new(Reminder, time);
    private readonly Condition _cache = new(Reminder, time);
    private Dictionary<ushort, NodeState> _members = [];
    private long _merged;

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            Look();
        }
    }

    /// <summary>One look.</summary>
    internal void Look()
    {
        var details = OwnDetails.Of(host, tls: null);
        LookAtMembers([.. host.Book.Records]);
        int reached = 1 + details.Peers.Count(static p => p.Reachable);
        int all = 1 + details.Peers.Count;
        switch (_partition.Take(reached <= all / 2))
        {
            case Condition.News.Lasts:
                Log.Partition(_network, reached, all);
                break;
            case Condition.News.IsOver:
                Log.Healed(_network, reached, all);
                break;
        }

        if (_memory.Take(details.Memory.UsedBytes > details.Memory.TotalBytes * MemoryShare) == Condition.News.Lasts)
        {
            Log.MemoryExhausted(_node, details.Memory.UsedBytes, details.Memory.TotalBytes);
        }

        if (_cache.Take(details.Memory.HotLimitRecords > 0 && details.Memory.HotRecords >= details.Memory.HotLimitRecords) == Condition.News.Lasts)
        {
            Log.CacheFull(_node, details.Memory.HotRecords, details.Memory.HotLimitRecords);
        }

        long merged = (long)details.Crdt.MergedDeltas;
        if (merged > _merged)
        {
            Log.DeltasApplied(_crdt, merged - _merged, Every.TotalSeconds, merged);
        }

        _merged = merged;
    }

    private void LookAtMembers(IReadOnlyCollection<NodeRecord> records)
    {
        var now = records.ToDictionary(static r => r.Node, static r => r.State);
        foreach (NodeRecord record in records.Where(r => _members.Count > 0 && _members.GetValueOrDefault(r.Node) != r.State))
        {
            if (record.State == NodeState.Active && _members.GetValueOrDefault(record.Node) != NodeState.Draining)
            {
                Log.Joined(_node, record.Node, record.Address);
            }
            else if (record.State == NodeState.Removed)
            {
                Log.Left(_node, record.Node, record.Address);
            }
        }

        _members = now;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "partition: this node reaches {Reached} of {All} nodes, itself included. Without a majority it acknowledges nothing, so there is no split-brain; its clients wait")]
        public static partial void Partition(ILogger logger, int reached, int all);

        [LoggerMessage(2, LogLevel.Information, "partition over: this node reaches {Reached} of {All} nodes, itself included")]
        public static partial void Healed(ILogger logger, int reached, int all);

        [LoggerMessage(3, LogLevel.Warning, "memory.exhausted: this process uses {Used} bytes of {Total}")]
        public static partial void MemoryExhausted(ILogger logger, ulong used, ulong total);

        [LoggerMessage(4, LogLevel.Warning, "cache.full: {Records} decoded records, the most that HA_CRDT_MAX_MEMORY allows ({Limit}); others are decoded again when they are used")]
        public static partial void CacheFull(ILogger logger, ulong records, ulong limit);

        [LoggerMessage(5, LogLevel.Information, "CRDT delta applied: {Count} in the last {Seconds} s, {Total} since the start")]
        public static partial void DeltasApplied(ILogger logger, long count, double seconds, long total);

        [LoggerMessage(6, LogLevel.Information, "Node joined cluster: node {Node} at {Address}")]
        public static partial void Joined(ILogger logger, ushort node, string address);

        [LoggerMessage(7, LogLevel.Information, "Node left cluster: node {Node} at {Address}")]
        public static partial void Left(ILogger logger, ushort node, string address);
    }
}

using System.Diagnostics.Metrics;
using System.Globalization;

namespace MfsHa.Cluster.Transactions;

/// <summary>Counts what becomes of the transactions that one shard's leader coordinates or recovers. Every measurement has the shard as its label.</summary>
public sealed class TransactionMetrics(ushort shard)
{
    private static readonly Meter Meter = new("mfsha.transactions");
    private static readonly Counter<long> CommittedCounter = Meter.CreateCounter<long>("committed", "{transaction}", "Transactions between shards that this node has decided.");
    private static readonly Counter<long> AbortedCounter = Meter.CreateCounter<long>("aborted", "{transaction}", "Transactions that a shard has refused or whose ground has changed; most are tried again.");
    private static readonly Counter<long> ConflictsCounter = Meter.CreateCounter<long>("conflicts", "{wait}", "Waits of an operation because another one's transaction held what it needs.");
    private static readonly Counter<long> RecoveredCounter = Meter.CreateCounter<long>("recovered", "{transaction}", "Transactions of a leader that is gone, brought to their end by this node.");
    private static readonly Histogram<double> Latency = Meter.CreateHistogram<double>(
        "seconds",
        "s",
        "From the first message to another shard to the decision.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    private readonly KeyValuePair<string, object?> label = new("shard", shard.ToString(CultureInfo.InvariantCulture));

    internal void Committed(long milliseconds)
    {
        CommittedCounter.Add(1, label);
        Latency.Record(milliseconds / 1000.0, label);
    }

    internal void Aborted() => AbortedCounter.Add(1, label);

    internal void Conflict() => ConflictsCounter.Add(1, label);

    internal void Recovered() => RecoveredCounter.Add(1, label);
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace MfsHa.Consensus.Commands;

/// <summary>Counts what the leader of one group commits. Every measurement has the group as its label.</summary>
internal sealed class ProposalMetrics(ushort group)
{
    private static readonly Meter Meter = new("mfsha.raft");
    private static readonly Counter<long> Commands = Meter.CreateCounter<long>("commands_committed", "{command}", "Commands that this node has committed as the leader.");
    private static readonly Counter<long> Entries = Meter.CreateCounter<long>("entries_committed", "{entry}", "Log entries that they were in: commands by entries is the size of a batch.");
    private static readonly Histogram<double> Latency = Meter.CreateHistogram<double>(
        "commit_seconds",
        "s",
        "From the append to the leader's log until a majority had it and it was applied here.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    private readonly KeyValuePair<string, object?> _label = new("group", group.ToString(CultureInfo.InvariantCulture));

    public void Committed(ProposalBatch batch)
    {
        Commands.Add(batch.Count, _label);
        Entries.Add(1, _label);
        Latency.Record(Stopwatch.GetElapsedTime(batch.AppendedAt).TotalSeconds, _label);
    }
}

namespace MfsHa.EndToEnd.Tests.Ledger.Faults;

/// <summary>When each node was not to be relied on: from the fault until it was ready again. Thread-safe.</summary>
internal sealed class Outages(int nodes, Func<TimeSpan> now)
{
    private readonly Lock gate = new();
    private readonly List<Outage> all = [];

    /// <param name="votes">Whether the node is still part of a majority, though its own clients may have to wait.</param>
    public void Begin(int node, bool votes = false)
    {
        lock (gate)
        {
            if (!all.Exists(outage => outage.Node == node && outage.End is null))
            {
                all.Add(new Outage(node, now(), null, votes));
            }
        }
    }

    public void End(int node)
    {
        lock (gate)
        {
            var open = all.FindIndex(outage => outage.Node == node && outage.End is null);
            if (open >= 0)
            {
                all[open] = all[open] with { End = now() };
            }
        }
    }

    /// <summary>
    /// The part of a call's time in which its client could have been served: after the last moment at which its own node was out, or so many that there was no majority.
    /// </summary>
    /// <param name="node">The node that the client depends on; null if any will do.</param>
    public TimeSpan ServableTime(int? node, TimeSpan begin, TimeSpan end)
    {
        lock (gate)
        {
            var from = begin;
            foreach (var outage in all.Where(outage => outage.Node == node))
            {
                from = Later(from, outage, begin, end);
            }
            foreach (var one in all.Where(static one => !one.Votes))
            {
                foreach (var other in all.Where(other => other.Node > one.Node && !other.Votes))
                {
                    var both = new Outage(0, Max(one.Begin, other.Begin), Min(one.End ?? end, other.End ?? end), false);
                    if (nodes / 2 < 2 && both.Begin < both.End)
                    {
                        from = Later(from, both, begin, end);
                    }
                }
            }
            return Max(end - from, TimeSpan.Zero);
        }
    }

    private static TimeSpan Later(TimeSpan from, Outage outage, TimeSpan begin, TimeSpan end)
        => outage.Begin < end && (outage.End ?? end) > begin ? Max(from, outage.End ?? end) : from;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed record Outage(int Node, TimeSpan Begin, TimeSpan? End, bool Votes);
}

using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary>The JSON of <c>crdt-stats</c>. What replicates as CRDT state are last-writer-wins registers; there are no counters and sets that could conflict.</summary>
internal sealed record CrdtStats(double ReadsPerSecond, double WritesPerSecond, ulong DeltasMerged, ulong ConflictsResolved, ulong ConflictsResolvedByLww, ulong CacheLookups, ulong CacheHits, ulong Chunks)
{
    /// <summary>A node says what it answers; what is written is counted where it is led, once.</summary>
    public static CrdtStats Of(IReadOnlyList<NodeDetails> before, IReadOnlyList<NodeDetails> now)
    {
        double reads = 0;
        double writes = 0;
        foreach (NodeDetails node in now.Where(static n => n.Online))
        {
            NodeDetails? former = before.FirstOrDefault(f => f.Node == node.Node);
            double seconds = Rates.Seconds(former, node);
            foreach (ReplicaDetails replica in node.Replicas)
            {
                ReplicaDetails? was = former?.Replicas.FirstOrDefault(r => r.Group == replica.Group);
                reads += Rates.PerSecond(was?.Reads, replica.Reads, seconds) ?? 0;
                writes += replica.Leads ? Rates.PerSecond(was?.Writes, replica.Writes, seconds) ?? 0 : 0;
            }
        }

        NodeDetails[] online = [.. now.Where(static n => n.Online)];
        ulong superseded = Sum(online, static n => n.Crdt.SupersededDeltas);
        return new CrdtStats(
            reads, writes, Sum(online, static n => n.Crdt.MergedDeltas), superseded, superseded, Sum(online, static n => n.Memory.HotLookups), Sum(online, static n => n.Memory.HotHits),
            online.Length == 0 ? 0 : online.Max(static n => n.Crdt.Chunks));
    }

    public IEnumerable<string> ToText()
    {
        yield return $"Operations: {Show.Number(ReadsPerSecond + WritesPerSecond)}/s (reads {Show.Number(ReadsPerSecond)}/s, writes {Show.Number(WritesPerSecond)}/s)";
        yield return $"Conflicts resolved: {ConflictsResolved} (LWW {ConflictsResolvedByLww}; no counters and sets are replicated)";
        yield return $"Deltas merged: {DeltasMerged}";
        yield return CacheLookups == 0
            ? "Cache hit rate: nothing was looked for yet"
            : $"Cache hit rate: {Show.Number(100.0 * CacheHits / CacheLookups)}% of {CacheLookups} look-ups in the HOT tier";
        yield return $"Chunks with known copies: {Chunks}";
    }

    private static ulong Sum(IEnumerable<NodeDetails> nodes, Func<NodeDetails, ulong> of) => nodes.Aggregate(0UL, (sum, n) => sum + of(n));
}

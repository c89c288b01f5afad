using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary>The JSON of <c>crdt-stats</c>. CRDT state is registers (copies of chunks, chunkservers), counters that only grow (epochs below which connections were dropped), and a set that only grows (connections that have ended).</summary>
internal sealed record CrdtStats(double ReadsPerSecond, double WritesPerSecond, ulong DeltasMerged, ulong ConflictsResolved, ulong ConflictsResolvedByLww, ulong CacheLookups, ulong CacheHits, ulong Chunks)
{
    public ulong ConflictsResolvedByCounter { get; init; }

    public ulong ConflictsResolvedBySet { get; init; }

    /// <summary>Memory of all processes, bytes.</summary>
    public ulong MemoryBytes { get; init; }

    /// <summary>About how many records they have, all replicas together.</summary>
    public ulong Records { get; init; }

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
        ulong raised = Sum(online, static n => n.Crdt.RaisedCounters);
        ulong grown = Sum(online, static n => n.Crdt.GrownSets);
        return new CrdtStats(
            reads, writes, Sum(online, static n => n.Crdt.MergedDeltas), superseded + raised + grown, superseded, Sum(online, static n => n.Memory.HotLookups), Sum(online, static n => n.Memory.HotHits),
            online.Length == 0 ? 0 : online.Max(static n => n.Crdt.Chunks))
        {
            ConflictsResolvedByCounter = raised,
            ConflictsResolvedBySet = grown,
            MemoryBytes = Sum(online, static n => n.Memory.UsedBytes),
            Records = Sum(online, static n => n.Memory.ColdRecords),
        };
    }

    public IEnumerable<string> ToText()
    {
        yield return $"Operations: {Show.Number(ReadsPerSecond + WritesPerSecond)}/s (reads {Show.Number(ReadsPerSecond)}/s, writes {Show.Number(WritesPerSecond)}/s)";
        yield return $"Conflicts resolved: {ConflictsResolved} (LWW {ConflictsResolvedByLww}, counter {ConflictsResolvedByCounter}, set {ConflictsResolvedBySet})";
        yield return $"Deltas merged: {DeltasMerged}";
        yield return CacheLookups == 0
            ? "Cache hit rate: nothing was looked for yet"
            : $"Cache hit rate: {Show.Number(100.0 * CacheHits / CacheLookups)}% of {CacheLookups} look-ups in the HOT tier";
        yield return Records == 0
            ? "Memory efficiency: there are no records yet"
            : $"Memory efficiency: {Show.Bytes((double)MemoryBytes / Records)} for each record ({Show.Bytes(MemoryBytes)} for about {Records})";
        yield return $"Chunks with known copies: {Chunks}";
    }

    private static ulong Sum(IEnumerable<NodeDetails> nodes, Func<NodeDetails, ulong> of) => nodes.Aggregate(0UL, (sum, n) => sum + of(n));
}

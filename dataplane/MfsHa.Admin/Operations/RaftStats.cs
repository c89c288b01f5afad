using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary>The JSON of <c>raft-stats</c>. Elections are told by the node that has run longest: it has seen most of them.</summary>
internal sealed record RaftStats(
    ulong ElectionsTotal, ulong ElectionsFailed, ulong EntriesCommitted, ulong EntriesPending, double? HeartbeatAverageMicroseconds, ulong? HeartbeatLongestMicroseconds,
    ulong LeadershipChangesIn24Hours, uint SeenByNode, ulong SeenForSeconds, IReadOnlyList<RaftStats.GroupPart> Groups)
{
    public static RaftStats Of(IReadOnlyList<NodeDetails> nodes)
    {
        NodeDetails[] online = [.. nodes.Where(static n => n.Online)];
        NodeDetails? witness = online.MaxBy(static n => n.UptimeMilliseconds);
        GroupPart[] groups = [.. online.SelectMany(static n => n.Replicas).Select(static r => r.Group).Distinct().Order().Select(g => GroupPart.Of(g, online, witness))];
        ulong[] roundTrips = [.. online.SelectMany(static n => n.Peers).Where(static p => p.Reachable && p.RoundTripMicroseconds > 0).Select(static p => p.RoundTripMicroseconds)];
        return new RaftStats(
            Sum(groups, static g => g.ElectionsTotal), Sum(groups, static g => g.ElectionsFailed), Sum(groups, static g => g.Committed), Sum(groups, static g => g.Pending),
            roundTrips.Length == 0 ? null : roundTrips.Average(static r => (double)r), roundTrips.Length == 0 ? null : roundTrips.Max(),
            Sum(groups, static g => g.LeadershipChangesIn24Hours), witness?.Node ?? 0, (witness?.UptimeMilliseconds ?? 0) / 1000, groups);
    }

    public IEnumerable<string> ToText()
    {
        yield return $"Elections: {ElectionsTotal} total, {ElectionsFailed} failed";
        yield return $"Log entries: {EntriesCommitted} committed, {EntriesPending} pending";
        yield return HeartbeatAverageMicroseconds is { } average
            ? $"Heartbeat RTT: {Show.Milliseconds(average)} average, {Show.Milliseconds(HeartbeatLongestMicroseconds ?? 0)} longest"
            : "Heartbeat RTT: not measured (no node answers another)";
        yield return $"Leadership changes in last 24h: {LeadershipChangesIn24Hours}";
        yield return $"Elections as seen by node {SeenByNode} in {Show.Duration(SeenForSeconds * 1000)}";
    }

    private static ulong Sum(IEnumerable<GroupPart> groups, Func<GroupPart, ulong> of) => groups.Aggregate(0UL, (sum, g) => sum + of(g));

    /// <summary>One group.</summary>
    internal sealed record GroupPart(string Name, uint Group, uint Leader, ulong Term, ulong Committed, ulong Pending, ulong ElectionsTotal, ulong ElectionsFailed, ulong LeadershipChangesIn24Hours)
    {
        public static GroupPart Of(uint group, IReadOnlyList<NodeDetails> nodes, NodeDetails? witness)
        {
            ReplicaDetails[] replicas = [.. nodes.SelectMany(static n => n.Replicas).Where(r => r.Group == group)];
            ReplicaDetails newest = replicas.MaxBy(static r => (r.Term, r.Leads))!;
            ReplicaDetails? seen = witness?.Replicas.FirstOrDefault(r => r.Group == group);
            ReplicaDetails? leading = replicas.Where(static r => r.Leads).MaxBy(static r => r.Term);
            return new GroupPart(
                GroupNames.Of(group), group, newest.Leader, newest.Term, replicas.Max(static r => r.Committed), leading is null ? 0 : leading.Last - leading.Committed,
                seen?.Elections ?? 0, seen?.FailedElections ?? 0, seen?.LeaderChanges ?? 0);
        }
    }
}

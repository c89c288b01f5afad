using MfsHa.Cluster.Status;

namespace MfsHa.Cluster.Maintenance;

/// <summary>
/// Where leaders should be: on nodes of the greatest priority (<c>HA_RAFT_PRIORITY</c>), equally many on each. A rule without a clock; who asks it moves one group at a time.
/// </summary>
public static class LeaderSpread
{
    /// <summary>A node that has just started first warms up. Seconds.</summary>
    public const long SettledAfter = 20;

    /// <summary>So many entries may a replica be behind to take a group over without a long catching up.</summary>
    public const long MaxLag = 1000;

    /// <summary>The group that a node should hand over, and to whom; null when everything is where it should be.</summary>
    /// <param name="self">The node's own report.</param>
    /// <param name="others">Reports of the others that answered.</param>
    /// <param name="settledAfter">Uptime after which a node gets leaders, seconds.</param>
    public static (ushort Group, ushort Target)? Next(NodeReport self, IReadOnlyCollection<NodeReport> others, long settledAfter = SettledAfter)
    {
        var own = self.Replicas.Where(static r => r.IsReadyLeader).OrderBy(static r => r.Group).ToArray();
        var targets = others.Where(o => o.Ready && !o.Draining && o.UptimeSeconds >= settledAfter && o.Priority >= self.Priority)
            .OrderByDescending(static o => o.Priority).ThenBy(Leaders).ThenBy(static o => o.Node);
        foreach (var target in targets)
        {
            // With one less here and one more there it must be better than before, or leaders would wander for ever.
            var isBetter = target.Priority > self.Priority || Leaders(target) + 2 <= own.Length;
            if (isBetter && own.FirstOrDefault(r => MayTakeOver(target, r)) is { } replica)
            {
                return (replica.Group, target.Node);
            }
        }

        return null;
    }

    /// <summary>Who should lead a group instead of a node that is drained: one that has warmed up, if there is one; null when nobody can take it over without a long catching up.</summary>
    public static ushort? Successor(NodeReport self, ushort group, IReadOnlyCollection<NodeReport> others, long settledAfter = SettledAfter)
    {
        var replica = self.Replicas.First(r => r.Group == group);
        return others.Where(o => o.Ready && !o.Draining && MayTakeOver(o, replica))
            .OrderByDescending(o => o.UptimeSeconds >= settledAfter).ThenByDescending(static o => o.Priority).ThenBy(Leaders).ThenBy(static o => o.Node)
            .Select(static o => (ushort?)o.Node).FirstOrDefault();
    }

    private static int Leaders(NodeReport node) => node.Replicas.Count(static r => r.IsReadyLeader);

    private static bool MayTakeOver(NodeReport target, ReplicaReport replica) =>
        replica.Members.Contains(target.Node)
        && target.Replicas.FirstOrDefault(r => r.Group == replica.Group) is { } theirs
        && theirs.Leader == replica.Leader && theirs.Term == replica.Term && replica.Applied - theirs.Applied <= MaxLag;
}

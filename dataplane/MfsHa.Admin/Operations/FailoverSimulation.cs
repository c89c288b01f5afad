using MfsHa.Admin.Contract;
using static MfsHa.Admin.Operations.FailoverTestCommand;

namespace MfsHa.Admin.Operations;

/// <summary>What is left of every group without one node: replicas that answer and are level count.</summary>
internal static class FailoverSimulation
{
    public static Loss[] Of(ClusterStatus status) => [.. status.Nodes.Select(node => Without(status, node.Id))];

    public static string VerdictOf(IReadOnlyCollection<Loss> losses) =>
        losses.All(static l => l.Survived) ? "Failover: SAFE (any one node may be lost)" : "Failover: NOT SAFE";

    private static Loss Without(ClusterStatus status, uint node)
    {
        uint[] lost = [.. status.Groups.Where(g => !HasQuorumWithout(g, node)).Select(static g => g.Group)];
        return new Loss(node, lost.Length == 0, [.. status.Groups.Where(g => g.Leader == node && !lost.Contains(g.Group)).Select(static g => g.Group)], lost);
    }

    private static bool HasQuorumWithout(GroupStatus group, uint node)
    {
        ReplicaStatus[] voters = [.. group.Replicas.Where(static r => r.Voter)];
        return voters.Count(r => r.Node != node && ClusterHealth.IsSynchronized(group, r)) * 2 > voters.Length;
    }
}

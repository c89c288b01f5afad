using System.Globalization;
using MfsHa.Admin.Contract;

namespace MfsHa.Operator.Cluster.Observation;

/// <summary>Whether a cluster may lose a node for a while: every group has a leader, and all replicas of all groups are there and level.</summary>
public static class Wholeness
{
    /// <summary>Why it may not; null: it may.</summary>
    /// <param name="status">What the nodes say.</param>
    /// <param name="apartFrom">A node that may be away, because it is the one that is seen to; null: none may.</param>
    public static string? FlawOf(ClusterStatus? status, int? apartFrom = null)
    {
        if (status is null)
        {
            return "no node answers";
        }

        if (status.Groups.All(static g => g.Group != 0))
        {
            return "the cluster is not formed";
        }

        HashSet<uint> online = [.. status.Nodes.Where(static n => n.Online).Select(static n => n.Id)];
        foreach (GroupStatus group in status.Groups)
        {
            string name = GroupVerdict.NameOf(group.Group);
            if (!online.Contains(group.Leader))
            {
                return $"group {name} has no leader";
            }

            foreach (ReplicaStatus replica in group.Replicas.Where(r => r.Node != apartFrom))
            {
                NodeStatus? node = status.Nodes.FirstOrDefault(n => n.Id == replica.Node);
                if (node is not { Online: true } || !replica.Online)
                {
                    return string.Create(CultureInfo.InvariantCulture, $"node {replica.Node} is away");
                }

                if (!node.Ready || !ClusterHealth.IsSynchronized(group, replica))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"node {replica.Node} has not caught up with group {name}");
                }
            }
        }

        return null;
    }

    /// <summary>Groups that a node leads.</summary>
    public static int LeadershipsOf(ClusterStatus status, int node) => status.Groups.Count(g => g.Leader == node);
}

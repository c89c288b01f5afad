using MfsHa.NodeLink;

namespace MfsHa.Cluster.Formation;

/// <summary>
/// When a node may form a cluster or become part of one; pure. Only the node with the lowest id ever forms one, and only when every configured
/// node has answered that its data directory is empty; everybody else adopts what a formed node says.
/// So a node that lost its disk never forms a second cluster.
/// </summary>
public static class FormationRules
{
    /// <summary>What a node that belongs to no cluster does next.</summary>
    /// <param name="self">Its identity.</param>
    /// <param name="configured">All nodes of <c>MFSHA_PEERS</c>, this one included.</param>
    /// <param name="answers">Identities that other nodes have answered just now.</param>
    /// <param name="newCluster">Makes the id of a new cluster.</param>
    /// <param name="mayForm">False when the node was told to join one, or to form none.</param>
    public static FormationStep Next(NodeIdentity self, IReadOnlyCollection<NodeId> configured, IReadOnlyCollection<NodeIdentity> answers, Func<Guid> newCluster, bool mayForm = true)
    {
        if (self.BelongsToCluster)
        {
            return new FormationStep.Ready(self);
        }

        var clusters = answers.Where(static a => a.BelongsToCluster).Select(static a => a.Cluster).Distinct().ToArray();
        if (clusters.Length > 1)
        {
            return new FormationStep.Refuse($"the nodes of MFSHA_PEERS belong to different clusters: {string.Join(", ", clusters)}");
        }

        if (clusters.Length == 1)
        {
            var founders = answers.FirstOrDefault(static a => a.Founders.Count > 0)?.Founders ?? [];
            return founders.Contains(new Founder(self.Node, self.Instance, self.Incarnation))
                ? new FormationStep.Ready(self with { Cluster = clusters[0], Founders = founders })
                : new FormationStep.Join(self with { Cluster = clusters[0] });
        }

        if (!mayForm)
        {
            return new FormationStep.Wait("this data directory is empty, and the node may not form a cluster: waiting for a node of the cluster to answer");
        }

        var missing = configured.Where(n => n != self.Node && answers.All(a => a.Node != n)).ToArray();
        if (missing.Length > 0)
        {
            return new FormationStep.Wait($"a cluster is formed only when every node answers; waiting for node {string.Join(", ", missing)}");
        }

        if (configured.Min() != self.Node)
        {
            return new FormationStep.Wait($"waiting for node {configured.Min()} to form the cluster");
        }

        Founder[] all = [.. answers.Append(self).Select(static a => new Founder(a.Node, a.Instance, a.Incarnation)).OrderBy(static f => f.Node)];
        return new FormationStep.Ready(self with { Cluster = newCluster(), Founders = all });
    }
}

/// <summary>What comes next in the formation of a cluster.</summary>
public abstract record FormationStep
{
    private FormationStep()
    {
    }

    /// <summary>The node is one of the founders; it stores the identity and starts its groups with the founders as members.</summary>
    public sealed record Ready(NodeIdentity Identity) : FormationStep;

    /// <summary>A cluster exists without this data directory: the node stores the identity and waits passively until it is added.</summary>
    public sealed record Join(NodeIdentity Identity) : FormationStep;

    /// <summary>Ask again.</summary>
    public sealed record Wait(string Reason) : FormationStep;

    /// <summary>Nothing that the node may do on its own.</summary>
    public sealed record Refuse(string Reason) : FormationStep;
}

using k8s.Models;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster.Observation;

/// <summary>Members whose disks are lost. What tells is the volume's claim: another one than when the node was last whole, or none. That a pod is away tells nothing.</summary>
public static class LostVolumes
{
    /// <summary>The members.</summary>
    public static IReadOnlyList<int> Of(ObservedCluster observed) =>
    [
        .. (observed.Cluster.Status?.Members ?? [])
            .Where(m => (!observed.IsFormed || observed.Members.Contains(m.Node)) && IsAnother(m, observed.ClaimOf(m.Node)))

            // It may be the new one that is a member already.
            .Where(m => observed.Nodes?.Nodes.Any(n => n.Id == m.Node && n.Ready) != true)
            .Select(static m => m.Node)
            .Order(),
    ];

    /// <summary>Whether the volume of a node is another one than when it was last whole, as far as the status knows.</summary>
    public static bool IsAnother(V1MfsHaCluster cluster, int? node, V1PersistentVolumeClaim? claim) => cluster.Status?.Members?.FirstOrDefault(m => m.Node == node) is { } member && IsAnother(member, claim);

    /// <summary>When so many disks are lost that a group has no majority any more: that, and what people can do. Null: they are not.</summary>
    public static string? RemedyOf(ObservedCluster observed)
    {
        IReadOnlyList<int> lost = Of(observed);
        int[] members = [.. observed.IsFormed ? observed.Members : observed.Cluster.Status?.Members?.Select(static m => m.Node) ?? []];
        if (lost.Count == 0 || !(observed.IsFormed ? observed.Nodes!.Groups.Any(g => IsMajority(g.Replicas.Count(r => lost.Contains((int)r.Node)), g.Replicas.Count)) : IsMajority(lost.Count, members.Length)))
        {
            return null;
        }

        int[] left = [.. members.Except(lost)];
        string cluster = observed.Names.Name;
        string kept = string.Join(',', left);
        return left.Length == 0
            ? "the volumes of all nodes are lost: nothing is served, and the nodes wait instead of forming a new, empty cluster. Bring the volumes back if that can be. Else only a backup is left: delete "
                + $"MfsHaCluster {cluster} and its claims, and apply it again with spec.bootstrap.fromBackup (or without, to begin with nothing)"
            : $"the volumes of {Name(lost)} are lost, and with them a majority: nothing is served. Bring them back if that can be. If they are lost for good, go on with what {Name(left)} {(left.Length == 1 ? "has" : "have")}: "
                + $"kubectl mfsha recover-quorum --cluster {cluster} --nodes {kept} --confirm {cluster} (or an MfsHaOperation with cluster: {cluster}, type: RecoverQuorum, nodes: [{kept}], confirm: {cluster}). "
                + "What only the lost nodes had acknowledged is lost then";
    }

    /// <summary>"node 1", "nodes 1, 2".</summary>
    public static string Name(IReadOnlyCollection<int> nodes) => $"{(nodes.Count == 1 ? "node" : "nodes")} {string.Join(", ", nodes)}";

    private static bool IsAnother(MemberStatus member, V1PersistentVolumeClaim? claim) => member.Claim is not null && claim?.Metadata.Uid != member.Claim;

    private static bool IsMajority(int lost, int all) => all - lost < (all / 2) + 1;
}

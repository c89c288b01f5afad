using MfsHa.Cluster.Status;
using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Membership;

/// <summary>The members of all groups as the nodes that answer report them: a node has replicas of some groups only. Each group as its leader sees it, or who has heard of the latest one.</summary>
public sealed class MembersSurvey
{
    private readonly NodeReport[] reports;
    private readonly Dictionary<ushort, ReplicaReport> newest;

    private MembersSurvey(NodeReport[] reports)
    {
        this.reports = reports;
        newest = reports.SelectMany(static r => r.Replicas).Where(static r => r.Members.Length > 0)
            .GroupBy(static r => r.Group).ToDictionary(static g => g.Key, static g => g.MaxBy(static r => (r.IsReadyLeader, r.Leader != 0, r.Term))!);
    }

    /// <summary>Asks all nodes that are alive.</summary>
    public static async Task<MembersSurvey> TakeAsync(StatusService status, INodeDirectory nodes, IPeerLiveness liveness, CancellationToken cancellation)
    {
        var self = status.Self();
        var others = nodes.Nodes.Select(static n => n.Id).Where(n => n.Value != self.Node && liveness.IsAlive(n));
        var reports = await Task.WhenAll(others.Select(n => status.AskAsync(n, cancellation))).ConfigureAwait(false);
        return new MembersSurvey([.. reports.OfType<NodeReport>(), self]);
    }

    /// <summary>Groups that somebody has told of, in order.</summary>
    public IReadOnlyList<ushort> Groups => [.. newest.Keys.Order()];

    /// <summary>The members of a group; empty when nobody has told of it.</summary>
    public IReadOnlyList<ushort> MembersOf(ushort group) => newest.GetValueOrDefault(group)?.Members ?? [];

    /// <summary>The leader of a group; <see cref="NodeId.None"/> when nobody knows one. A follower may still name one that has handed over and is no member any more.</summary>
    public NodeId LeaderOf(ushort group) => newest.GetValueOrDefault(group) is { Leader: not 0 and var leader } known && known.Members.Contains(leader) ? new NodeId(leader) : NodeId.None;

    /// <summary>Index of the last entry that anybody has applied of a group.</summary>
    public long HeadOf(ushort group) => ReplicasOf(group).Select(static r => r.Replica.Applied).DefaultIfEmpty().Max();

    /// <summary>All replicas of a group on nodes that answer, also those that are no members yet, or not any more; by node.</summary>
    public IEnumerable<(ushort Node, ReplicaReport Replica)> ReplicasOf(ushort group) =>
        reports.OrderBy(static r => r.Node).SelectMany(r => r.Replicas.Where(p => p.Group == group).Select(p => (r.Node, p)));

    /// <summary>Groups that a node is a member of, in order.</summary>
    public IReadOnlyList<ushort> GroupsOf(NodeId node) => [.. Groups.Where(g => MembersOf(g).Contains(node.Value))];
}

using MfsHa.Cluster.Membership;

namespace MfsHa.Cluster.Recovery;

/// <summary>
/// Decides from what the named nodes have whether a quorum may be forced, and who goes on with which group. Pure.
/// </summary>
/// <remarks>
/// A group goes on from one replica only: that of the longest log (the greatest term of its last entry, then the greatest index). By Raft's rules that log has everything that any named node knows to be
/// committed, so nothing that one of them has applied is taken back; and of what was acknowledged it lacks only what no named node has. A majority among the named nodes would not do: two of
/// three with shorter logs could elect themselves. The others become members afterwards, as new nodes do. A group that has a majority among the named nodes is never forced: it goes on by itself, and the
/// lost nodes are taken out of it as they always are.
/// </remarks>
/// <param name="Steps">Who goes on with which group, the system group first.</param>
/// <param name="Lost">Nodes that are given up.</param>
public sealed record ForcePlan(IReadOnlyList<ForceStep> Steps, IReadOnlyList<ushort> Lost)
{
    /// <summary>Makes the plan. <see cref="MembershipException"/> when it must not be done; the message says why.</summary>
    /// <param name="named">What the nodes have that are to stay.</param>
    /// <param name="groupCount">How many groups there are.</param>
    /// <param name="others">What nodes have that answer, and are not named.</param>
    public static ForcePlan Make(IReadOnlyList<ForceSurvey> named, int groupCount, IReadOnlyList<ForceSurvey>? others = null)
    {
        ushort[] ids = [.. named.Select(static n => n.Self.Node).Order()];

        // In the place of a node that has lost its disk: one that waits to be let in decides nothing, neither here nor on another side of a partition.
        ushort[] waiting = [.. (others ?? []).Where(static o => o.IsEmpty).Select(static o => o.Self.Node)];
        foreach (var node in named)
        {
            if (node.Cluster != named[0].Cluster)
            {
                throw new MembershipException($"node {node.Self.Node} belongs to cluster {node.Cluster}, node {named[0].Self.Node} to {named[0].Cluster}");
            }

            if (!Array.Exists(node.Replicas, static r => r.Group == 0))
            {
                throw new MembershipException($"node {node.Self.Node} is still starting; try again in a moment");
            }

            if (node.Alive.Except(ids).Except(waiting).Order().ToArray() is [var alive, ..])
            {
                throw new MembershipException($"node {alive} answers node {node.Self.Node}, and is not named: name it, too, or stop it for good first");
            }
        }

        var lost = named.SelectMany(static n => n.Known).Distinct().Except(ids).Order().ToArray();
        var steps = Enumerable.Range(0, groupCount).Select(group => Step(named, (ushort)group)).ToArray();
        var isUnfinished = named.Any(static n => n.Replicas.Any(static r => r.Forcing));
        if (!isUnfinished && steps.All(static s => s.IsForced || s.HasQuorum))
        {
            if (Array.Find(steps, static s => s.HasQuorum) is { } alive)
            {
                throw new MembershipException($"group {alive.Group} has a quorum: {alive.Here} of its {alive.Members} members answer. Nodes that are lost are taken out by mfsha-admin node remove");
            }

            if (lost.Length == 0)
            {
                throw new MembershipException("every group has a majority of its members, and no other node is known: there is nothing to force");
            }
        }

        return new ForcePlan(steps, lost);
    }

    private static ForceStep Step(IReadOnlyList<ForceSurvey> named, ushort group)
    {
        var own = named.Where(n => n.In(group) is not null).Select(n => (Node: n, Self: n.In(group)!.Value, Replica: n.Replicas.First(r => r.Group == group))).ToArray();
        var best = own.Where(static o => o.Replica.Members.Contains(o.Self))
            .OrderByDescending(static o => (o.Replica.Term, o.Replica.Last)).ThenByDescending(static o => o.Replica.Leads).ThenBy(static o => o.Self.Node)
            .FirstOrDefault();
        if (best.Node is null)
        {
            throw new MembershipException($"none of the named nodes is a member of group {group}");
        }

        var members = best.Replica.Members;
        var here = members.Count(m => own.Any(o => o.Self == m));
        return new ForceStep(group, best.Node.Self, best.Replica.Last, best.Replica.Committed, here == members.Length, here, members.Length);
    }
}

/// <summary>One group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Node">Who goes on with it.</param>
/// <param name="Last">Where its log ends.</param>
/// <param name="Committed">Up to where that is known to be committed.</param>
/// <param name="IsForced">True when all its members are named: an earlier attempt got so far, or it never lost one.</param>
/// <param name="Here">How many of its members are named.</param>
/// <param name="Members">How many there are.</param>
public sealed record ForceStep(ushort Group, KeptNode Node, long Last, long Committed, bool IsForced, int Here, int Members)
{
    /// <summary>True when the named ones are a majority, but not all: it is not forced, and goes on by itself.</summary>
    public bool HasQuorum => !IsForced && Here > Members / 2;
}

using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Membership;

/// <summary>Moves a shard's replica from one node to another for whoever asks, and tells which shards are on their way. What is decided is the placement, in the system group; the shard's leader does the rest.</summary>
public sealed class ShardMoves(IMetadataCluster cluster, IPeerLiveness liveness, INodeDirectory nodes, NodeBook book, StatusService status, int shards)
{
    /// <summary>
    /// Decides that a replica moves; returns the placement when it is decided. The same again changes nothing. <see cref="MembershipException"/> when it cannot be done; the message says why.
    /// </summary>
    /// <param name="shard">The shard.</param>
    /// <param name="from">The node whose replica goes.</param>
    /// <param name="to">The node that gets one.</param>
    /// <param name="isForced">True: also when the replicas are in fewer regions then; they stay so until the placement changes again.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<PlacementRecord> MoveAsync(int shard, NodeId from, NodeId to, bool isForced, CancellationToken cancellation)
    {
        if (shard < 0 || shard >= shards)
        {
            throw new MembershipException($"there is no shard {shard}; the shards are 0..{shards - 1}");
        }

        var (placements, known) = await ReadAsync(cancellation).ConfigureAwait(false);
        var placement = placements.First(p => p.Shard == shard);
        if (!placement.Nodes.Contains(from.Value) && placement.Nodes.Contains(to.Value))
        {
            return placement; // it was decided before
        }

        Check(placement, known, from, to);
        var moved = Array.ConvertAll(placement.Nodes, n => n == from.Value ? to.Value : n);
        var isApart = CheckRegions(placement, moved, known, isForced);
        SystemCommand decision = isApart ? new SetPlacement(placement.Shard, placement.Epoch, moved) : new ForcePlacement(placement.Shard, placement.Epoch, moved);
        return await cluster.ExecuteAsync(decision, cancellation).ConfigureAwait(false) switch
        {
            PlacementsReply { Placements: [var changed] } => changed,
            { Status: StatusCode.Mismatch } => throw new MembershipException($"the placement of shard {shard} has just been changed: try again"),
            var refused => throw new MembershipException($"shard {shard} cannot be moved to node {to}: {refused.Status}"),
        };
    }

    /// <summary>How all shards are placed and how far that is carried out, by shard.</summary>
    public async Task<IReadOnlyList<ShardMove>> StatusAsync(CancellationToken cancellation)
    {
        var (placements, _) = await ReadAsync(cancellation).ConfigureAwait(false);
        var survey = await MembersSurvey.TakeAsync(status, nodes, liveness, cancellation).ConfigureAwait(false);
        return [.. placements.OrderBy(static p => p.Shard).Select(p =>
        {
            var group = GroupNumbers.OfShard(p.Shard);
            return new ShardMove(
                p.Shard, [.. p.Nodes.Order()], [.. survey.MembersOf(group).Order()], survey.HeadOf(group), [.. survey.ReplicasOf(group).Select(static r => new MovedReplica(r.Node, r.Replica.Applied))]);
        })];
    }

    private void Check(PlacementRecord placement, IReadOnlyCollection<NodeRecord> known, NodeId from, NodeId to)
    {
        var where = string.Join(", ", placement.Nodes.Order());
        var reason = known.FirstOrDefault(n => n.Node == to.Value) switch
        {
            _ when !placement.Nodes.Contains(from.Value) => $"node {from} has no replica of shard {placement.Shard}; nodes {where} have",
            _ when placement.Nodes.Contains(to.Value) => $"node {to} has a replica of shard {placement.Shard} already; nodes {where} have",
            null or { State: NodeState.Removed } => $"there is no node {to}",
            { State: NodeState.Joining } => $"node {to} has not joined yet",
            { State: NodeState.Draining } => $"node {to} is drained: end that first (mfsha-admin node undrain {to})",
            _ when !liveness.IsAlive(to) => $"node {to} does not answer",
            _ => null,
        };
        if (reason is not null)
        {
            throw new MembershipException(reason);
        }
    }

    // True when the replicas are spread as well as they can be, or as well as before.
    private bool CheckRegions(PlacementRecord placement, ushort[] moved, NodeRecord[] known, bool isForced)
    {
        var regions = new RegionSpread(known);
        var (before, after) = (regions.Of(placement.Nodes), regions.Of(moved));
        if (after >= Math.Min(moved.Length, regions.Count) || (after >= before && !isForced))
        {
            return true;
        }

        if (!isForced)
        {
            throw new MembershipException(after == 1
                ? $"all replicas of shard {placement.Shard} would be in one region ({known.First(n => n.Node == moved[0]).Region}): --force moves it all the same"
                : $"the replicas of shard {placement.Shard} would be in {after} regions, they are in {before}: --force moves it all the same");
        }

        return book.AllAnnounced
            ? false
            : throw new MembershipException("a node is of a release that does not know forced moves, or has not said yet of which it is: try again when all nodes run this one");
    }

    private async Task<(PlacementRecord[] Placements, NodeRecord[] Nodes)> ReadAsync(CancellationToken cancellation) =>
        await cluster.ExecuteAsync(new ListPlacements(), cancellation).ConfigureAwait(false) is PlacementsReply { Placements: { Length: > 0 } placements }
        && await cluster.ExecuteAsync(new ListNodes(), cancellation).ConfigureAwait(false) is NodesReply known
            ? (placements, known.Nodes)
            : throw new MembershipException("the cluster is not formed yet");
}

/// <summary>Where a shard's replicas are, and where they are to be.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Wanted">Nodes of its placement.</param>
/// <param name="Members">Nodes that are members now; empty when none of them answers.</param>
/// <param name="Head">Index of the last entry that anybody has applied.</param>
/// <param name="Replicas">Replicas on nodes that answer, also of those that catch up, and those that are about to be dropped.</param>
public sealed record ShardMove(ushort Shard, IReadOnlyList<ushort> Wanted, IReadOnlyList<ushort> Members, long Head, IReadOnlyList<MovedReplica> Replicas)
{
    /// <summary>True when members and replicas are where they are to be.</summary>
    public bool IsDone => Members.SequenceEqual(Wanted) && Replicas.All(r => Wanted.Contains(r.Node));
}

/// <summary>A replica.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Applied">Index of the last entry that it has applied.</param>
public sealed record MovedReplica(ushort Node, long Applied);

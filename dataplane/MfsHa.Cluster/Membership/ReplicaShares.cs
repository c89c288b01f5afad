using MfsHa.Cluster.Routing;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// Gives named nodes their whole share of the replicas, for whoever asks. What is decided are placements, in the system group, one after the other: an interruption leaves fewer of them decided, and the
/// same call again decides the rest. The shards' leaders carry them out (<see cref="ShardMembers"/>).
/// </summary>
public sealed class ReplicaShares(IMetadataCluster cluster, NodeBook book, IPeerLiveness liveness)
{
    private const int Attempts = 10;

    /// <summary>
    /// Decides what is missing to the nodes' shares; nodes that join get theirs when they are let in. <see cref="MembershipException"/> when a node can have none; the message says why, and nothing was changed.
    /// </summary>
    public async Task<SharesDecided> GiveAsync(IReadOnlyCollection<ushort> named, CancellationToken cancellation)
    {
        List<ReplicaMove> moves = [];

        // One that was changed meanwhile is read again; each round somebody gets on.
        for (var round = 0; round < Attempts; round++)
        {
            if (await cluster.ExecuteAsync(new GetCluster(), cancellation).ConfigureAwait(false) is not ClusterReply { Cluster.ReplicationFactor: var factor }
                || await cluster.ExecuteAsync(new ListNodes(), cancellation).ConfigureAwait(false) is not NodesReply known
                || await cluster.ExecuteAsync(new ListPlacements(), cancellation).ConfigureAwait(false) is not PlacementsReply { Placements: { Length: > 0 } placed })
            {
                throw new MembershipException("the cluster is not formed yet");
            }

            if (named.Select(n => Obstacle(n, known.Nodes)).FirstOrDefault(static o => o is not null) is { } obstacle)
            {
                throw new MembershipException(obstacle);
            }

            var changes = PlacementPlan.ChangesFor(placed, known.Nodes, factor, named, book.Forced);
            if (changes.Count == 0)
            {
                // Less than its share where regions leave a node no more.
                var share = PlacementPlan.ShareOf(placed.Length, known.Nodes, factor);
                return new SharesDecided(named.Count == 0 ? share : Math.Min(share, named.Where(n => !IsJoining(n, known.Nodes)).Select(n => placed.Count(p => p.Nodes.Contains(n))).DefaultIfEmpty(share).Min()), moves);
            }

            foreach (var change in changes)
            {
                // A refusal means that the ground has changed: the next round sees how.
                if (await cluster.ExecuteAsync(new SetPlacement(change.Shard, change.Epoch, change.Nodes), cancellation).ConfigureAwait(false) is { Status: StatusCode.Ok })
                {
                    moves.AddRange(MovesOf(placed.First(p => p.Shard == change.Shard), change));
                }
            }
        }

        throw new MembershipException("placements are changed by others all the time");
    }

    private static IEnumerable<ReplicaMove> MovesOf(PlacementRecord before, PlacementRecord after) =>
        before.Nodes.Except(after.Nodes).Zip(after.Nodes.Except(before.Nodes), (from, to) => new ReplicaMove(before.Shard, from, to));

    private static bool IsJoining(ushort node, NodeRecord[] known) => Array.Exists(known, n => n.Node == node && n.State == NodeState.Joining);

    private string? Obstacle(ushort node, NodeRecord[] known) => Array.Find(known, n => n.Node == node) switch
    {
        null or { State: NodeState.Removed } => $"there is no node {node}: start it there (mfsha --join-cluster --node-id={node} --peer=HOST)",
        { State: NodeState.Draining } => $"node {node} is drained: end that first (mfsha-admin node undrain {node})",
        { State: NodeState.Active } when !liveness.IsAlive(new NodeId(node)) => $"node {node} does not answer",
        _ => null,
    };
}

/// <summary>What was decided.</summary>
/// <param name="Share">Replicas that are a node's share.</param>
/// <param name="Moves">Moves that were decided by this call.</param>
public sealed record SharesDecided(int Share, IReadOnlyList<ReplicaMove> Moves);

/// <summary>A replica that is to move.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="From">The node that has it.</param>
/// <param name="To">The node that gets it.</param>
public sealed record ReplicaMove(ushort Shard, ushort From, ushort To);

using MemoryPack;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Consensus;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// Makes the groups' members what the system group says of the nodes. A joining node is added to the system group, gets its share of the placements (<see cref="PlacementPlan"/>), and becomes active when
/// it has caught up with its groups; a removed one loses its places to others and is taken out. What members a shard has is its leader's work (<see cref="ShardMembers"/>). Every step may be
/// repeated, by several nodes at once: what is decided is in the system group's state, so whoever began may die. The leader of the system group looks again and again.
/// </summary>
public sealed class MembershipKeeper
{
    private const int Attempts = 10;
    private static readonly TimeSpan ChangeDeadline = TimeSpan.FromMinutes(5);
    private readonly GroupTable groups;
    private readonly INodeRpc rpc;
    private readonly IPeerLiveness liveness;
    private readonly INodeDirectory nodes;
    private readonly NodeBook book;
    private readonly IMetadataCluster cluster;
    private readonly StatusService status;
    private int factor; // 0 until it is known; then it never changes

    /// <summary>Creates the keeper and registers what it does as the leader of a group.</summary>
    public MembershipKeeper(GroupTable groups, INodeRpc rpc, IPeerLiveness liveness, INodeDirectory nodes, NodeBook book, IMetadataCluster cluster, StatusService status)
    {
        this.groups = groups;
        this.rpc = rpc;
        this.liveness = liveness;
        this.nodes = nodes;
        this.book = book;
        this.cluster = cluster;
        this.status = status;
        rpc.Handle(RpcMethod.Membership, ServeAsync);
    }

    /// <summary>One pass over all nodes.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        // Shards whose placement lags behind the nodes: also what older releases have left, which did not move replicas. Nearly always none: a look at what this node knows costs nothing.
        if (factor == 0 || PlacementPlan.Changes(book.Placements, book.Records, factor, book.Forced).Count > 0)
        {
            await TryAsync(PlaceAsync(cancellation)).ConfigureAwait(false);
        }

        foreach (var node in book.Records.Where(n => n.State == NodeState.Joining || (n.State == NodeState.Removed && IsInSystemGroup(n))).OrderBy(static n => n.Node))
        {
            await TryAsync(CarryOutAsync(node, cancellation)).ConfigureAwait(false);
        }
    }

    /// <summary>Does what is still to be done for a node. <see cref="MembershipException"/> when it is not possible now.</summary>
    public Task CarryOutAsync(NodeRecord node, CancellationToken cancellation) => node.State switch
    {
        _ when groups.Find(GroupNumbers.System) is null => throw new MembershipException("this node is still starting"),
        NodeState.Joining => AddAsync(node, cancellation),
        NodeState.Removed => RemoveAsync(node, cancellation),
        _ => Task.CompletedTask,
    };

    /// <summary>Gives removed nodes' places to others, and a share to those who have come, and spreads replicas over regions. Returns the placements as they are then.</summary>
    public async Task<IReadOnlyList<PlacementRecord>> PlaceAsync(CancellationToken cancellation)
    {
        // One that was changed meanwhile is read again; each round somebody gets on.
        for (var round = 0; round < Attempts; round++)
        {
            if (await cluster.ExecuteAsync(new GetCluster(), cancellation).ConfigureAwait(false) is not ClusterReply { Cluster.ReplicationFactor: var replicas }
                || await cluster.ExecuteAsync(new ListNodes(), cancellation).ConfigureAwait(false) is not NodesReply known
                || await cluster.ExecuteAsync(new ListPlacements(), cancellation).ConfigureAwait(false) is not PlacementsReply placed)
            {
                throw new MembershipException("the cluster is not formed yet");
            }

            factor = replicas;
            var changes = PlacementPlan.Changes(placed.Placements, known.Nodes, factor, book.Forced);
            if (changes.Count == 0)
            {
                return placed.Placements;
            }

            foreach (var change in changes)
            {
                // A refusal means that the ground has changed: the next round sees how.
                await cluster.ExecuteAsync(new SetPlacement(change.Shard, change.Epoch, change.Nodes), cancellation).ConfigureAwait(false);
            }
        }

        throw new MembershipException("placements are changed by others all the time");
    }

    /// <summary>Has the leader of a shard arrange its members now. <see cref="MembershipException"/> when a node is not in, or out, as wanted.</summary>
    public Task ArrangeAsync(ushort group, ushort node, bool isMember, CancellationToken cancellation) => ChangeAsync(new MembershipCall(group, node, 0, isMember), cancellation);

    /// <summary>Who leads groups as this node knows, or, where it has no replica or hears of none, as others do; <see cref="NodeId.None"/> for nobody.</summary>
    public async Task<IReadOnlyDictionary<ushort, NodeId>> LeadersOfAsync(IReadOnlyCollection<ushort> asked, CancellationToken cancellation)
    {
        var known = asked.ToDictionary(static g => g, g => groups.Find(g)?.Log.Leadership.Leader ?? NodeId.None);
        ushort[] unknown = [.. asked.Where(g => known[g] == NodeId.None)];
        if (unknown.Length > 0)
        {
            var survey = await MembersSurvey.TakeAsync(status, nodes, liveness, cancellation).ConfigureAwait(false);
            foreach (var group in unknown)
            {
                known[group] = survey.LeaderOf(group);
            }
        }

        return known;
    }

    /// <summary>Groups of which a node is a member, as those that answer know.</summary>
    public async Task<IReadOnlyList<ushort>> GroupsOfAsync(NodeId node, CancellationToken cancellation) =>
        (await MembersSurvey.TakeAsync(status, nodes, liveness, cancellation).ConfigureAwait(false)).GroupsOf(node);

    /// <summary>Why a group would have no quorum without a node; null when it would.</summary>
    public async Task<string?> QuorumWithoutAsync(NodeId node, CancellationToken cancellation)
    {
        var survey = await MembersSurvey.TakeAsync(status, nodes, liveness, cancellation).ConfigureAwait(false);
        foreach (var group in status.Groups())
        {
            var members = survey.MembersOf(group);
            if (members.Count == 0)
            {
                return $"no member of group {group} answers";
            }

            if (members.Contains(node.Value) && MemberChanges.Missing(group, members.Select(static m => new NodeId(m)), node, liveness) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private static async Task TryAsync(Task attempt)
    {
        try
        {
            await attempt.ConfigureAwait(false);
        }
        catch (MembershipException)
        {
            // Not possible now; the next pass tries again, and whoever asked for it is told by their own attempt.
        }
    }

    private bool IsInSystemGroup(NodeRecord node) => groups.Find(GroupNumbers.System)?.Log.Members.Any(m => m.Node.Value == node.Node) == true;

    private async Task AddAsync(NodeRecord node, CancellationToken cancellation)
    {
        await ChangeAsync(new MembershipCall(GroupNumbers.System, node.Node, node.Incarnation, Add: true), cancellation).ConfigureAwait(false);
        ushort[] own = [.. (await PlaceAsync(cancellation).ConfigureAwait(false)).Where(p => p.Nodes.Contains(node.Node)).Select(static p => GroupNumbers.OfShard(p.Shard)).Order()];
        foreach (var group in own)
        {
            await ArrangeAsync(group, node.Node, isMember: true, cancellation).ConfigureAwait(false);
        }

        var report = await status.AskAsync(new NodeId(node.Node), cancellation).ConfigureAwait(false)
            ?? throw new MembershipException($"node {node.Node} does not answer");
        if (report.Incarnation != node.Incarnation || !own.Prepend(GroupNumbers.System).All(g => Array.Exists(report.Replicas, r => r.Group == g && r.Leader != 0 && r.Members.Contains(node.Node))))
        {
            throw new MembershipException($"node {node.Node} has not caught up yet");
        }

        var reply = await cluster.ExecuteAsync(new SetNodeState(node.Node, node.Incarnation, NodeState.Active), cancellation).ConfigureAwait(false);
        if (reply.Status != StatusCode.Ok)
        {
            throw new MembershipException($"node {node.Node} was removed meanwhile");
        }
    }

    private async Task RemoveAsync(NodeRecord node, CancellationToken cancellation)
    {
        if (!IsInSystemGroup(node))
        {
            return; // it leaves that last
        }

        var placements = await PlaceAsync(cancellation).ConfigureAwait(false);
        foreach (var placement in placements.OrderByDescending(static p => p.Shard))
        {
            await ArrangeAsync(GroupNumbers.OfShard(placement.Shard), node.Node, isMember: false, cancellation).ConfigureAwait(false);
        }

        // The system group last: as long as the node is in it, it hears why the others leave it.
        await ChangeAsync(new MembershipCall(GroupNumbers.System, node.Node, 0, Add: false), cancellation).ConfigureAwait(false);
    }

    private async Task ChangeAsync(MembershipCall call, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ChangeDeadline);
        var leader = (await LeadersOfAsync([call.Group], cancellation).ConfigureAwait(false))[call.Group];
        if (leader == NodeId.None)
        {
            throw new MembershipException($"group {call.Group} has no leader");
        }

        try
        {
            var reply = await rpc.CallAsync(leader, RpcMethod.Membership, MemoryPackSerializer.Serialize(call), limited.Token).ConfigureAwait(false);
            var answer = MemoryPackSerializer.Deserialize<MembershipAnswer>(reply.Span) ?? throw new FormatException("an empty membership answer");
            if (answer.Refusal is not null)
            {
                throw new MembershipException(answer.Refusal);
            }
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new MembershipException($"the leader of group {call.Group} (node {leader}) has not done it: {e.Message}");
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ServeAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var call = WireFormats.Read<MembershipCall>(request);
        MembershipAnswer answer;
        try
        {
            var endpoint = groups.Get(call.Group);
            answer = call.Group != GroupNumbers.System ? await ArrangeHereAsync(endpoint, call, cancellation).ConfigureAwait(false)
                : call.Add ? await AddHereAsync(endpoint.Log, call, cancellation).ConfigureAwait(false)
                : await RemoveHereAsync(endpoint.Log, call, keep: null, cancellation).ConfigureAwait(false);
        }
        catch (MembershipException e)
        {
            answer = new MembershipAnswer(false, e.Message);
        }
        catch (Exception e) when (e is NotLeaderException or ProposalRejectedException)
        {
            answer = new MembershipAnswer(false, $"the leader of group {call.Group} has just changed; try again");
        }

        return MemoryPackSerializer.Serialize(answer);
    }

    private static async Task<MembershipAnswer> ArrangeHereAsync(IGroupEndpoint endpoint, MembershipCall call, CancellationToken cancellation)
    {
        // It may be enough although not everything could be done.
        string? reason = null;
        try
        {
            await endpoint.ArrangeMembersAsync(cancellation).ConfigureAwait(false);
        }
        catch (MembershipException e)
        {
            reason = e.Message;
        }

        var members = await endpoint.Log.ConfirmMembersAsync(cancellation).ConfigureAwait(false);
        return members.Any(m => m.Node.Value == call.Node) == call.Add
            ? new MembershipAnswer(true, null)
            : new MembershipAnswer(false, reason ?? $"node {call.Node} is {(call.Add ? "not to have a replica" : "to have a replica")} of group {call.Group}");
    }

    private async Task<MembershipAnswer> AddHereAsync(IShardLog log, MembershipCall call, CancellationToken cancellation)
    {
        var member = new NodeEndPoint(new NodeId(call.Node), call.Incarnation);
        if (log.Members.Contains(member))
        {
            return new MembershipAnswer(false, null);
        }

        // The system group has given the node's id to this data directory: former ones are retired.
        if ((await RemoveHereAsync(log, call, member, cancellation).ConfigureAwait(false)).Refusal is { } refusal)
        {
            return new MembershipAnswer(false, refusal);
        }

        refusal = await MemberChanges.AddAsync(log, member, liveness, cancellation).ConfigureAwait(false);
        return new MembershipAnswer(refusal is null, refusal);
    }

    private async Task<MembershipAnswer> RemoveHereAsync(IShardLog log, MembershipCall call, NodeEndPoint? keep, CancellationToken cancellation)
    {
        NodeEndPoint[] leaving = [.. log.Members.Where(m => m.Node.Value == call.Node && !m.Equals(keep))];
        var refusal = await MemberChanges.RemoveAsync(log, leaving, liveness, cancellation).ConfigureAwait(false);
        return new MembershipAnswer(refusal is null && leaving.Length > 0, refusal);
    }
}

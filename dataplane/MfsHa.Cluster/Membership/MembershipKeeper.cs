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
/// Makes the groups' members what the system group says of the nodes: a joining node is added to all groups and becomes active when it has caught up, a removed one is taken out. Every step may be
/// repeated, by several nodes at once: what is decided is in the system group's state, so whoever began may die. The leader of the system group looks again and again.
/// </summary>
public sealed class MembershipKeeper
{
    private static readonly TimeSpan ChangeDeadline = TimeSpan.FromMinutes(5);
    private readonly GroupTable groups;
    private readonly INodeRpc rpc;
    private readonly IPeerLiveness liveness;
    private readonly NodeBook book;
    private readonly IMetadataCluster cluster;
    private readonly StatusService status;
    private readonly int groupCount;

    /// <summary>Creates the keeper and registers what it does as the leader of a group.</summary>
    public MembershipKeeper(GroupTable groups, INodeRpc rpc, IPeerLiveness liveness, NodeBook book, IMetadataCluster cluster, StatusService status, int groupCount)
    {
        this.groups = groups;
        this.groupCount = groupCount;
        this.rpc = rpc;
        this.liveness = liveness;
        this.book = book;
        this.cluster = cluster;
        this.status = status;
        rpc.Handle(RpcMethod.Membership, ServeAsync);
    }

    /// <summary>One pass over all nodes.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        foreach (var node in book.Records.Where(static n => n.State is NodeState.Joining or NodeState.Removed).OrderBy(static n => n.Node))
        {
            try
            {
                await CarryOutAsync(node, cancellation).ConfigureAwait(false);
            }
            catch (MembershipException)
            {
                // Not possible now; the next pass tries again, and whoever asked for it is told by their own attempt.
            }
        }
    }

    /// <summary>Does what is still to be done for a node. <see cref="MembershipException"/> when it is not possible now.</summary>
    public Task CarryOutAsync(NodeRecord node, CancellationToken cancellation) => node.State switch
    {
        _ when groups.All.Count < groupCount => throw new MembershipException("this node is still starting"),
        NodeState.Joining => AddAsync(node, cancellation),
        NodeState.Removed => RemoveAsync(node, cancellation),
        _ => Task.CompletedTask,
    };

    /// <summary>All groups.</summary>
    public IReadOnlyList<ushort> Groups => [.. groups.All.Select(static g => g.Key).Order()];

    /// <summary>Groups of which a node's data directory is a member as this node knows; of any of its directories when none is named.</summary>
    public IReadOnlyList<ushort> GroupsOf(NodeId node, uint? incarnation) =>
        [.. groups.Of(node, incarnation).Order()];

    /// <summary>Why a group would have no quorum without a node; null when it would.</summary>
    public string? QuorumWithout(NodeId node)
    {
        if (groups.All.Count < groupCount)
        {
            return "this node is still starting";
        }

        foreach (var (group, endpoint) in groups.All.OrderBy(static g => g.Key))
        {
            var members = endpoint.Log.Members;
            if (members.Any(m => m.Node == node) && Missing(group, members, node) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private async Task AddAsync(NodeRecord node, CancellationToken cancellation)
    {
        foreach (var (group, _) in groups.All.OrderBy(static g => g.Key))
        {
            await ChangeAsync(new MembershipCall(group, node.Node, node.Incarnation, Add: true), cancellation).ConfigureAwait(false);
        }

        var report = await status.AskAsync(new NodeId(node.Node), cancellation).ConfigureAwait(false)
            ?? throw new MembershipException($"node {node.Node} does not answer");
        if (report.Replicas.Length < groupCount || report.Incarnation != node.Incarnation || Array.Exists(report.Replicas, r => r.Leader == 0 || !r.Members.Contains(node.Node)))
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
        // The system group last: as long as the node is in it, it hears why the others leave it.
        foreach (var (group, endpoint) in groups.All.OrderByDescending(static g => g.Key))
        {
            if (endpoint.Log.Members.Any(m => m.Node.Value == node.Node))
            {
                await ChangeAsync(new MembershipCall(group, node.Node, 0, Add: false), cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task ChangeAsync(MembershipCall call, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ChangeDeadline);
        var leader = groups.Get(call.Group).Log.Leadership.Leader;
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
        var log = groups.Get(call.Group).Log;
        MembershipAnswer answer;
        try
        {
            answer = call.Add ? await AddHereAsync(log, call, cancellation).ConfigureAwait(false) : await RemoveHereAsync(log, call, keep: null, cancellation).ConfigureAwait(false);
        }
        catch (NotLeaderException)
        {
            answer = new MembershipAnswer(false, $"the leader of group {call.Group} has just changed; try again");
        }

        return MemoryPackSerializer.Serialize(answer);
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

        var alive = log.Members.Count(m => liveness.IsAlive(m.Node)) + 1;
        var all = log.Members.Count + 1;
        if (alive < (all / 2) + 1)
        {
            return new MembershipAnswer(false, $"group {call.Group} would have no quorum with node {call.Node}: {alive} of {all} members would be alive");
        }

        return await log.AddMemberAsync(member, cancellation).ConfigureAwait(false)
            ? new MembershipAnswer(true, null)
            : new MembershipAnswer(false, $"node {call.Node} did not catch up with group {call.Group} in time; try again");
    }

    private async Task<MembershipAnswer> RemoveHereAsync(IShardLog log, MembershipCall call, NodeEndPoint? keep, CancellationToken cancellation)
    {
        var members = log.Members;
        var leaving = members.Where(m => m.Node.Value == call.Node && m != keep).ToList();
        if (leaving.Count == 0)
        {
            return new MembershipAnswer(false, null);
        }

        if (Missing(call.Group, members, new NodeId(call.Node)) is { } reason)
        {
            return new MembershipAnswer(false, reason);
        }

        foreach (var member in leaving)
        {
            if (!await log.RemoveMemberAsync(member, cancellation).ConfigureAwait(false))
            {
                return new MembershipAnswer(false, $"node {call.Node} could not be removed from group {call.Group}; try again");
            }
        }

        return new MembershipAnswer(true, null);
    }

    private string? Missing(ushort group, IReadOnlyCollection<NodeEndPoint> members, NodeId without)
    {
        var left = members.Count(m => m.Node != without);
        var alive = members.Count(m => m.Node != without && liveness.IsAlive(m.Node));
        return left == 0 || alive < (left / 2) + 1 ? $"group {group} would have no quorum without node {without}: {alive} of {left} other members are alive" : null;
    }
}

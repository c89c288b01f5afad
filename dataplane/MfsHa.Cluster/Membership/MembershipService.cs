using MemoryPack;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Membership;

/// <summary>Takes nodes into the groups and out of them. A node that lost its disk is removed and added again under its new incarnation (design.md 10).</summary>
public sealed class MembershipService
{
    private static readonly TimeSpan ChangeDeadline = TimeSpan.FromMinutes(5);
    private readonly GroupTable groups;
    private readonly INodeRpc rpc;
    private readonly IPeerLiveness liveness;
    private readonly ClusterFormation formation;

    /// <summary>Creates the service and registers its handler.</summary>
    public MembershipService(GroupTable groups, INodeRpc rpc, IPeerLiveness liveness, ClusterFormation formation)
    {
        this.groups = groups;
        this.rpc = rpc;
        this.liveness = liveness;
        this.formation = formation;
        rpc.Handle(RpcMethod.Membership, ServeAsync);
    }

    /// <summary>Removes all incarnations of a node from all groups; returns the groups that it was a member of.</summary>
    public async Task<IReadOnlyList<ushort>> RemoveAsync(NodeId node, CancellationToken cancellation)
    {
        var changed = new List<ushort>();
        foreach (var (group, _) in groups.All.OrderBy(static g => g.Key))
        {
            var answer = await ChangeAsync(new MembershipCall(group, node.Value, 0, Add: false), cancellation).ConfigureAwait(false);
            if (answer.Changed)
            {
                changed.Add(group);
            }
        }

        return changed;
    }

    /// <summary>Adds a node with the data directory that it has now to all groups; returns the groups that it was not a member of before.</summary>
    public async Task<IReadOnlyList<ushort>> AddAsync(NodeId node, CancellationToken cancellation)
    {
        var identity = node == rpc.Self ? formation.Identity : await formation.AskAsync(node, cancellation).ConfigureAwait(false);
        if (identity is null)
        {
            throw new MembershipException($"node {node} does not answer");
        }

        if (identity.Cluster != formation.Identity.Cluster)
        {
            throw new MembershipException(identity.BelongsToCluster
                ? $"node {node} belongs to cluster {identity.Cluster}, this is {formation.Identity.Cluster}"
                : $"node {node} has not found the cluster yet; try again in a moment");
        }

        var changed = new List<ushort>();
        foreach (var (group, _) in groups.All.OrderBy(static g => g.Key))
        {
            var answer = await ChangeAsync(new MembershipCall(group, node.Value, identity.Incarnation, Add: true), cancellation).ConfigureAwait(false);
            if (answer.Changed)
            {
                changed.Add(group);
            }
        }

        return changed;
    }

    private async Task<MembershipAnswer> ChangeAsync(MembershipCall call, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(ChangeDeadline);
        var leader = groups.Get(call.Group).Log.Leadership.Leader;
        if (leader == NodeId.None)
        {
            throw new MembershipException($"group {call.Group} has no leader");
        }

        var reply = await rpc.CallAsync(leader, RpcMethod.Membership, MemoryPackSerializer.Serialize(call), limited.Token).ConfigureAwait(false);
        var answer = MemoryPackSerializer.Deserialize<MembershipAnswer>(reply.Span) ?? throw new FormatException("an empty membership answer");
        return answer.Refusal is null ? answer : throw new MembershipException(answer.Refusal);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ServeAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var call = WireFormats.Read<MembershipCall>(request);
        var log = groups.Get(call.Group).Log;
        MembershipAnswer answer;
        try
        {
            answer = call.Add ? await AddHereAsync(log, call, cancellation).ConfigureAwait(false) : await RemoveHereAsync(log, call, cancellation).ConfigureAwait(false);
        }
        catch (NotLeaderException)
        {
            answer = new MembershipAnswer(false, $"the leader of group {call.Group} has just changed; try again");
        }

        return MemoryPackSerializer.Serialize(answer);
    }

    private static async Task<MembershipAnswer> AddHereAsync(IShardLog log, MembershipCall call, CancellationToken cancellation)
    {
        var member = new NodeEndPoint(new NodeId(call.Node), call.Incarnation);
        if (log.Members.Contains(member))
        {
            return new MembershipAnswer(false, null);
        }

        if (log.Members.Any(m => m.Node == member.Node))
        {
            return new MembershipAnswer(false, $"an earlier data directory of node {call.Node} is a member of group {call.Group}: remove the node first");
        }

        return await log.AddMemberAsync(member, cancellation).ConfigureAwait(false)
            ? new MembershipAnswer(true, null)
            : new MembershipAnswer(false, $"node {call.Node} did not catch up with group {call.Group} in time; try again");
    }

    private async Task<MembershipAnswer> RemoveHereAsync(IShardLog log, MembershipCall call, CancellationToken cancellation)
    {
        var members = log.Members;
        var leaving = members.Where(m => m.Node.Value == call.Node).ToList();
        if (leaving.Count == 0)
        {
            return new MembershipAnswer(false, null);
        }

        var left = members.Count - leaving.Count;
        var alive = members.Count(m => m.Node.Value != call.Node && liveness.IsAlive(m.Node));
        if (left == 0 || alive < (left / 2) + 1)
        {
            return new MembershipAnswer(false, $"group {call.Group} would have no quorum without node {call.Node}: {alive} of {left} other members are alive");
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
}

/// <summary>A change of membership was not made; the message is for the person who asked for it.</summary>
public sealed class MembershipException(string message) : Exception(message);

/// <summary>Asks a group's leader for a change of its members.</summary>
[MemoryPackable]
public sealed partial record MembershipCall(ushort Group, ushort Node, uint Incarnation, bool Add);

/// <summary>Answer to a <see cref="MembershipCall"/>.</summary>
/// <param name="Changed">True when the members have changed.</param>
/// <param name="Refusal">Why nothing was done; null if nothing was to be done, or it was done.</param>
[MemoryPackable]
public sealed partial record MembershipAnswer(bool Changed, string? Refusal);

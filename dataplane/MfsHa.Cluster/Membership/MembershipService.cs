using System.Diagnostics;
using MemoryPack;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Formats;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// Lets nodes in and out, and has them give leaders away, for whoever asks. What is decided is written into the system group first; then it is waited for until the groups are so, and this node
/// does the work of <see cref="MembershipKeeper"/> meanwhile. When it dies, or the caller goes, the leader of the system group goes on; the same call again finds what is done.
/// </summary>
public sealed class MembershipService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LeaderLimit = TimeSpan.FromSeconds(30);

    private readonly MembershipKeeper keeper;
    private readonly NodeBook book;
    private readonly INodeRpc rpc;
    private readonly IPeerLiveness liveness;
    private readonly ClusterFormation formation;
    private readonly Introductions introductions;
    private readonly IMetadataCluster cluster;
    private readonly StatusService status;

    /// <summary>Creates the service and registers by what a joining node asks.</summary>
    public MembershipService(MembershipKeeper keeper, NodeBook book, INodeRpc rpc, IPeerLiveness liveness, ClusterFormation formation, Introductions introductions, IMetadataCluster cluster, StatusService status)
    {
        this.keeper = keeper;
        this.book = book;
        this.rpc = rpc;
        this.liveness = liveness;
        this.formation = formation;
        this.introductions = introductions;
        this.cluster = cluster;
        this.status = status;
        rpc.Handle(RpcMethod.Join, ServeJoinAsync);
    }

    /// <summary>Adds a node with the data directory that it has now; returns the groups that it was not a member of before, when it has caught up with all of them.</summary>
    /// <param name="node">The node, and where its node link is reached.</param>
    /// <param name="isReplacement">True when it takes the place of a dead node of that id, which is removed first.</param>
    /// <param name="cancellation">Ends the waiting, not the change.</param>
    public async Task<IReadOnlyList<ushort>> AddAsync(NodeAddress node, bool isReplacement, CancellationToken cancellation)
    {
        using var reachable = book.Expect(node);
        var identity = await AskAsync(node.Id, cancellation).ConfigureAwait(false);
        if (isReplacement && (await RecordAsync(node.Id, cancellation).ConfigureAwait(false)) is { State: not NodeState.Removed } former && former.Incarnation != identity.Incarnation)
        {
            await DecideAsync(former, NodeState.Removed, cancellation).ConfigureAwait(false);
        }

        var before = await GroupsOfAsync(node.Id, identity.Incarnation, cancellation).ConfigureAwait(false);
        var introduction = await AnnounceAsync(node.Id, identity.Incarnation, cancellation).ConfigureAwait(false);
        var record = new NodeRecord { Node = node.Id.Value, Incarnation = identity.Incarnation, Address = $"{node.Host}:{node.Port}", Region = introduction?.Region ?? "" };
        var reply = await cluster.ExecuteAsync(new AddNode(record), cancellation).ConfigureAwait(false);
        return reply.Status switch
        {
            StatusCode.Ok => await WaitForNewGroupsAsync(node.Id, identity.Incarnation, before, cancellation).ConfigureAwait(false),
            StatusCode.EExist => throw new MembershipException(
                $"node {node.Id} is a member with another data directory: remove it first (node remove {node.Id}), or replace it (node replace {node.Id}) when it is dead"),
            StatusCode.Mismatch => throw new MembershipException($"the cluster's format level has just been raised; node {node.Id} has not said that it reads it: try again"),
            StatusCode.EInval => throw new MembershipException($"the data directory of node {node.Id} was removed from the cluster before, and never comes back: empty it"),
            _ => throw new MembershipException($"node {node.Id} cannot be added: {reply.Status}"),
        };
    }

    /// <summary>Removes a node from all groups, after others lead what it leads; returns the groups that it was a member of.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isForced">True: it is not asked to give leaders away first, because it hangs.</param>
    /// <param name="cancellation">Ends the waiting, not the change.</param>
    public async Task<IReadOnlyList<ushort>> RemoveAsync(NodeId node, bool isForced, CancellationToken cancellation)
    {
        var before = await keeper.GroupsOfAsync(node, cancellation).ConfigureAwait(false);
        var record = await KnownAsync(node, cancellation).ConfigureAwait(false);
        if (record.State != NodeState.Removed)
        {
            if (await keeper.QuorumWithoutAsync(node, cancellation).ConfigureAwait(false) is { } reason)
            {
                throw new MembershipException(reason);
            }

            if (!isForced && record.State != NodeState.Joining && liveness.IsAlive(node))
            {
                await DrainAsync(node, cancellation).ConfigureAwait(false);
            }

            await DecideAsync(record, NodeState.Removed, cancellation).ConfigureAwait(false);
        }

        await WaitAsync(node, NodeState.Removed, cancellation).ConfigureAwait(false);
        return before;
    }

    /// <summary>From now on a node leads nothing; returns when that is so.</summary>
    public async Task DrainAsync(NodeId node, CancellationToken cancellation)
    {
        var record = await KnownAsync(node, cancellation).ConfigureAwait(false);
        if (!book.Records.Any(n => n.Node != node.Value && n.State == NodeState.Active && liveness.IsAlive(new NodeId(n.Node))))
        {
            throw new MembershipException("nobody else could lead: no other active node answers");
        }

        await DecideAsync(record, NodeState.Draining, cancellation).ConfigureAwait(false);
        var begun = Stopwatch.GetTimestamp();

        // A node that has another data directory now leads nothing, and does not hear of the decision.
        while (await status.AskAsync(node, cancellation).ConfigureAwait(false) is { } report
            && report.Incarnation == record.Incarnation
            && (!report.Draining || Array.Exists(report.Replicas, static r => r.IsReadyLeader)))
        {
            if (Stopwatch.GetElapsedTime(begun) > LeaderLimit)
            {
                throw new MembershipException(
                    $"node {node} still leads groups {string.Join(", ", report.Replicas.Where(static r => r.IsReadyLeader).Select(static r => r.Group))} after {LeaderLimit.TotalSeconds:0} s; it goes on giving them away");
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A node that was drained may lead again.</summary>
    public async Task EndDrainAsync(NodeId node, CancellationToken cancellation) =>
        await DecideAsync(await KnownAsync(node, cancellation).ConfigureAwait(false), NodeState.Active, cancellation).ConfigureAwait(false);

    private async Task<NodeIdentity> AskAsync(NodeId node, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var identity = node == rpc.Self ? formation.Identity : await formation.AskAsync(node, cancellation).ConfigureAwait(false);
            if (identity is not null && identity.Cluster == formation.Identity.Cluster)
            {
                return identity;
            }

            if (identity is { BelongsToCluster: true })
            {
                throw new MembershipException($"node {node} belongs to cluster {identity.Cluster}, this is {formation.Identity.Cluster}");
            }

            if (Stopwatch.GetElapsedTime(begun) > AnswerLimit)
            {
                throw new MembershipException(identity is null ? $"node {node} does not answer" : $"node {node} has not found the cluster yet; try again in a moment");
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }

    // Above the first level it is written that a node reads the cluster's level before the node is let in. At the first one members may be of releases that could not read what is written here.
    private async Task<Introduction?> AnnounceAsync(NodeId node, uint incarnation, CancellationToken cancellation)
    {
        var introduction = await introductions.AskAsync(node, cancellation).ConfigureAwait(false);
        var level = book.Formats.Level;
        if (introduction is not null && (level < introduction.OldestFormat || level > introduction.NewestFormat))
        {
            throw new MembershipException(
                $"the cluster writes format level {level}, and release {introduction.Release} on node {node} reads levels {introduction.OldestFormat} to {introduction.NewestFormat}: install release {introductions.Own.Release} there");
        }

        if (level > ClusterFormat.First.Level)
        {
            if (introduction?.Incarnation != incarnation)
            {
                throw new MembershipException($"node {node} does not say which format levels it reads; the cluster writes level {level}: install release {introductions.Own.Release} there");
            }

            await cluster.ExecuteAsync(new AnnounceFormats(Introductions.FormatsOf(node, introduction)), cancellation).ConfigureAwait(false);
        }

        return introduction;
    }

    private async Task<NodeRecord?> RecordAsync(NodeId node, CancellationToken cancellation) =>
        await cluster.ExecuteAsync(new ListNodes(), cancellation).ConfigureAwait(false) is NodesReply known
            ? known.Nodes.FirstOrDefault(n => n.Node == node.Value)
            : throw new MembershipException("the cluster is not formed yet");

    private async Task<NodeRecord> KnownAsync(NodeId node, CancellationToken cancellation) =>
        await RecordAsync(node, cancellation).ConfigureAwait(false) ?? throw new MembershipException($"there is no node {node}");

    private async Task DecideAsync(NodeRecord node, NodeState state, CancellationToken cancellation)
    {
        var reply = await cluster.ExecuteAsync(new SetNodeState(node.Node, node.Incarnation, state), cancellation).ConfigureAwait(false);
        if (reply.Status != StatusCode.Ok)
        {
            throw new MembershipException(
                reply.Status == StatusCode.NotFound ? $"node {node.Node} was replaced meanwhile" : $"node {node.Node} is {node.State.ToString().ToLowerInvariant()}, and cannot become {state.ToString().ToLowerInvariant()}");
        }
    }

    private async Task<IReadOnlyList<ushort>> WaitForNewGroupsAsync(NodeId node, uint incarnation, IReadOnlyList<ushort> before, CancellationToken cancellation)
    {
        await WaitAsync(node, NodeState.Active, cancellation).ConfigureAwait(false);
        return [.. (await GroupsOfAsync(node, incarnation, cancellation).ConfigureAwait(false)).Except(before)];
    }

    // By the node's own word, because groups may still have a former data directory of it.
    private async Task<IReadOnlyList<ushort>> GroupsOfAsync(NodeId node, uint incarnation, CancellationToken cancellation) =>
        await status.AskAsync(node, cancellation).ConfigureAwait(false) is { } report && report.Incarnation == incarnation
            ? [.. report.Replicas.Where(r => r.Members.Contains(node.Value)).Select(static r => r.Group).Order()]
            : [];

    private async Task WaitAsync(NodeId node, NodeState wanted, CancellationToken cancellation)
    {
        // Where others take a removed node's places they have to catch up first.
        var limit = wanted == NodeState.Removed && book.Placements.All(p => p.Nodes.Length > book.Records.Count(n => n.State != NodeState.Removed && n.Node != node.Value)) ? RemovalLimit : CatchUpLimit;
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var record = await KnownAsync(node, cancellation).ConfigureAwait(false);
            if (record.State != wanted && record.State != NodeState.Joining)
            {
                throw new MembershipException($"node {node} is {record.State.ToString().ToLowerInvariant()} meanwhile");
            }

            try
            {
                await keeper.CarryOutAsync(record, cancellation).ConfigureAwait(false);
                if (record.State == wanted)
                {
                    return;
                }
            }
            catch (MembershipException) when (Stopwatch.GetElapsedTime(begun) < limit)
            {
                // Leaders change and nodes restart while members are changed.
            }
            catch (MembershipException e)
            {
                throw new MembershipException($"{e.Message}. It is decided, and goes on by itself: call again to see how it ends");
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ServeJoinAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var call = WireFormats.Read<JoinCall>(request);
        JoinAnswer answer;
        try
        {
            await AddAsync(new NodeAddress(new NodeId(call.Node), call.Host, call.Port), isReplacement: false, cancellation).ConfigureAwait(false);
            answer = new JoinAnswer(null);
        }
        catch (MembershipException e)
        {
            answer = new JoinAnswer(e.Message);
        }

        return MemoryPackSerializer.Serialize(answer);
    }
}

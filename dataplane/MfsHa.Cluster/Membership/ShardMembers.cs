using System.Collections.Concurrent;
using MemoryPack;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// Makes a shard's members what its placement says, at its leader: first all that are missing are added, each when it has caught up, then those that are too many are removed, one change behind
/// the other. Whatever is interrupted, the next leader finds how far it got by the members.
/// </summary>
/// <remarks>
/// What keeps data: nobody is removed before everybody who is to stay is a member, and answers; but for a node that was taken out of the cluster, which goes as soon as the others are a majority. Who is added is asked for its replica first (<see cref="ReplicaInvitation"/>), and is added as the
/// member that it says: a replica that it has dropped meanwhile is another one, and stays out for ever.
/// </remarks>
public sealed partial class ShardMembers : IDisposable
{
    private static readonly TimeSpan InvitationLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly IShardLog log;
    private readonly NodeBook book;
    private readonly IMetadataCluster cluster;
    private readonly INodeRpc rpc;
    private readonly IPeerLiveness liveness;
    private readonly ClusterFormation formation;
    private readonly ILogger<ShardMembers> logger;
    private readonly SemaphoreSlim one = new(1);
    private readonly ConcurrentDictionary<NodeId, (NodeEndPoint Member, uint DataDirectory)> confirmed = new();
    private volatile int adding;

    /// <summary>For one shard's replica here; does something only while that leads.</summary>
    public ShardMembers(IShardLog log, NodeBook book, IMetadataCluster cluster, INodeRpc rpc, IPeerLiveness liveness, ClusterFormation formation, ILogger<ShardMembers> logger)
    {
        this.log = log;
        this.book = book;
        this.cluster = cluster;
        this.rpc = rpc;
        this.liveness = liveness;
        this.formation = formation;
        this.logger = logger;
    }

    /// <summary>What the leader does again and again.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        if (IsAsWanted())
        {
            return;
        }

        try
        {
            await ArrangeAsync(cancellation).ConfigureAwait(false);
        }
        catch (MembershipException e)
        {
            Log.NotYet(logger, log.Group, e.Message);
        }
    }

    /// <summary>Does all that is to be done. <see cref="MembershipException"/> when that is not possible now, <see cref="NotLeaderException"/>; what was done stays.</summary>
    public async Task ArrangeAsync(CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var (placement, nodes) = await ReadAsync(cancellation).ConfigureAwait(false);
            MembershipException? missing = null;
            foreach (var node in placement.Nodes)
            {
                try
                {
                    await AddAsync(nodes[node], cancellation).ConfigureAwait(false);
                }
                catch (MembershipException e)
                {
                    missing ??= e; // the others need not wait for it
                }
            }

            await RemoveOthersAsync(placement, nodes, missing, cancellation).ConfigureAwait(false);
            if (missing is not null)
            {
                throw missing;
            }
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Whether a replica is certainly no member, and becomes one only after an invitation that comes later than the call. Answers only at the leader.</summary>
    public async Task<bool> IsNoneAsync(NodeEndPoint replica, CancellationToken cancellation)
    {
        if (!log.Leadership.IsReady || adding == replica.Node.Value)
        {
            return false;
        }

        // What this leader has begun to add ends before it is no longer noted; what it begins from here on, it begins with an invitation.
        var members = await log.ConfirmMembersAsync(cancellation).ConfigureAwait(false);
        return !members.Contains(replica);
    }

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    // By what this node knows: a look that costs nothing, because it is nearly always so.
    private bool IsAsWanted()
    {
        var wanted = book.NodesOf(log.Group);
        var members = log.Members;
        return wanted.Count == 0
            || (members.Count == wanted.Count && members.All(m => wanted.Contains(m.Node.Value) && book.Find(m.Node) is { } record && IsThatOf(m, record)));
    }

    // A replica that was never removed has the number of its data directory; another one has said who it is.
    private bool IsThatOf(NodeEndPoint member, NodeRecord record) => member.Incarnation == record.Incarnation || confirmed.GetValueOrDefault(member.Node) == (member, record.Incarnation);

    // What the system group says now: this node's replica of it may be old.
    private async Task<(PlacementRecord Placement, Dictionary<ushort, NodeRecord> Nodes)> ReadAsync(CancellationToken cancellation)
    {
        if (await cluster.ExecuteAsync(new ListNodes(), cancellation).ConfigureAwait(false) is not NodesReply known
            || await cluster.ExecuteAsync(new ListPlacements(), cancellation).ConfigureAwait(false) is not PlacementsReply placed
            || Array.Find(placed.Placements, p => GroupNumbers.OfShard(p.Shard) == log.Group) is not { Nodes.Length: > 0 } placement)
        {
            throw new MembershipException("the cluster is not formed yet");
        }

        var nodes = known.Nodes.ToDictionary(static n => n.Node);
        return Array.Find(placement.Nodes, n => nodes.GetValueOrDefault(n) is not { State: not NodeState.Removed }) is not 0 and var gone
            ? throw new MembershipException($"group {log.Group} is to have a replica on node {gone}, which was removed: it is placed anew in a moment")
            : (placement, nodes);
    }

    private async Task AddAsync(NodeRecord node, CancellationToken cancellation)
    {
        NodeEndPoint[] present = [.. log.Members.Where(m => m.Node.Value == node.Node)];
        if (present is [var only] && (IsThatOf(only, node) || only.Node == rpc.Self || !liveness.IsAlive(only.Node)))
        {
            return; // it is; or who it is can be asked when it is back
        }

        adding = node.Node; // before the invitation, and until nothing comes of it any more: see IsNoneAsync
        try
        {
            var member = new NodeEndPoint(new NodeId(node.Node), await InviteAsync(node, cancellation).ConfigureAwait(false));
            confirmed[member.Node] = (member, node.Incarnation);

            // It has said who it is: others of its name are on disks that are gone, or were dropped.
            Require(await MemberChanges.RemoveAsync(log, [.. present.Where(p => !p.Equals(member))], liveness, cancellation).ConfigureAwait(false));
            if (!log.Members.Contains(member))
            {
                Log.Adding(logger, log.Group, node.Node);
                Require(await CatchUpAsync(member, cancellation).ConfigureAwait(false));
                Log.Added(logger, log.Group, node.Node);
            }
        }
        finally
        {
            adding = 0;
        }
    }

    // That may take long: it is given up when the node has gone, or is not to have the replica any more.
    private async Task<string?> CatchUpAsync(NodeEndPoint member, CancellationToken cancellation)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var adds = MemberChanges.AddAsync(log, member, liveness, ends.Token);
        try
        {
            while (await Task.WhenAny(adds, Task.Delay(Look, cancellation)).ConfigureAwait(false) != adds)
            {
                if (!liveness.IsAlive(member.Node) || !book.NodesOf(log.Group).Contains(member.Node.Value))
                {
                    await ends.CancelAsync().ConfigureAwait(false);
                }
            }

            return await adds.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return $"node {member.Node} has gone before it had caught up with group {log.Group}";
        }
    }

    private async Task<uint> InviteAsync(NodeRecord node, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(InvitationLimit);
        try
        {
            var invitation = MemoryPackSerializer.Serialize(new ReplicaInvitation(log.Group, formation.Identity.Cluster, node.Incarnation));
            var reply = await rpc.CallAsync(new NodeId(node.Node), RpcMethod.InviteReplica, invitation, limited.Token).ConfigureAwait(false);
            var acceptance = MemoryPackSerializer.Deserialize<ReplicaAcceptance>(reply.Span) ?? throw new FormatException("an empty answer to an invitation");
            return acceptance.Refusal is null
                ? acceptance.Incarnation
                : throw new MembershipException($"node {node.Node} has no replica of group {log.Group} to add: {acceptance.Refusal}");
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new MembershipException($"node {node.Node} is to have a replica of group {log.Group}, and does not answer: {e.Message}");
        }
    }

    private async Task RemoveOthersAsync(PlacementRecord placement, Dictionary<ushort, NodeRecord> nodes, MembershipException? missing, CancellationToken cancellation)
    {
        // This node last: then somebody else leads.
        NodeEndPoint[] leaving = [.. log.Members.Where(m => !placement.Nodes.Contains(m.Node.Value)).OrderBy(m => m.Node == rpc.Self)];
        var absent = Array.Find(placement.Nodes, n => !liveness.IsAlive(new NodeId(n)));
        foreach (var member in leaving)
        {
            // A node that somebody has removed does not wait for one that is away, as it never did; any other one waits until it is not missed.
            var mayGoAtOnce = absent != 0 && nodes.GetValueOrDefault(member.Node.Value) is not { State: not NodeState.Removed };
            if (!mayGoAtOnce && missing is not null)
            {
                throw missing;
            }

            if (!mayGoAtOnce && absent != 0)
            {
                throw new MembershipException($"the replica of group {log.Group} on node {member.Node} stays until node {absent} answers");
            }

            if (member.Node == rpc.Self)
            {
                await HandOverAsync(placement, cancellation).ConfigureAwait(false);
                throw new MembershipException($"node {rpc.Self} has led group {log.Group} until now; who leads it next removes it");
            }

            Log.Removing(logger, log.Group, member.Node);
            Require(await MemberChanges.RemoveAsync(log, [member], liveness, cancellation).ConfigureAwait(false));
        }
    }

    private async Task HandOverAsync(PlacementRecord placement, CancellationToken cancellation)
    {
        foreach (var to in placement.Nodes.Select(static n => new NodeId(n)).Where(liveness.IsAlive).OrderBy(book.IsDraining))
        {
            try
            {
                await log.HandOverAsync(to, cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is PeerUnavailableException or RpcException)
            {
                // It has just gone; another one may lead, too.
            }
        }
    }

    private static void Require(string? refusal)
    {
        if (refusal is not null)
        {
            throw new MembershipException(refusal);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "group {Group}: node {Node} is to have a replica; it is added when it has caught up")]
        public static partial void Adding(ILogger logger, ushort group, ushort node);

        [LoggerMessage(2, LogLevel.Information, "group {Group}: node {Node} has caught up and is a member")]
        public static partial void Added(ILogger logger, ushort group, ushort node);

        [LoggerMessage(3, LogLevel.Information, "group {Group}: node {Node} is not to have a replica any more, and is removed from the members")]
        public static partial void Removing(ILogger logger, ushort group, NodeId node);

        [LoggerMessage(4, LogLevel.Debug, "group {Group}: the members are not yet what they should be: {Reason}")]
        public static partial void NotYet(ILogger logger, ushort group, string reason);
    }
}

using System.Diagnostics;
using MfsHa.Admin.Contract;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Recovery;
using MfsHa.Consensus;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Node.Admin;
using MfsHa.Node.Administration.Contents;
using MfsHa.Node.Daemon;
using MfsHa.NodeLink;
using MfsHa.Security;

namespace MfsHa.Node.Administration;

/// <summary>Day-2 operations for the admin service: this node does its part by <see cref="OwnOperations"/>, and has the others do theirs.</summary>
internal sealed class NodeOperations : INodeOperations
{
    private const int MaxPingMilliseconds = 60_000;
    private static readonly TimeSpan QuickLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SlowLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeaderLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaderPause = TimeSpan.FromMilliseconds(20);

    private readonly ClusterHost _host;
    private readonly PeerOperations _peers;
    private readonly ClusterOptionSetter _options;
    private readonly CrdtReconciliation _reconciliation;
    private readonly ContentComparison _comparison;

    /// <summary>Registers what other nodes may ask for; before the node link starts.</summary>
    /// <param name="host">The cluster layer.</param>
    /// <param name="configuration">What is in force.</param>
    /// <param name="tls">What is in force of certificates; null without TLS.</param>
    /// <param name="time">The clock.</param>
    public NodeOperations(ClusterHost host, RunningConfiguration configuration, Func<TlsCredentials?> tls, TimeProvider time)
    {
        _host = host;
        _peers = new PeerOperations(host.Rpc);
        _options = new ClusterOptionSetter(host, configuration, _peers);
        _reconciliation = new CrdtReconciliation(_peers, time);
        _comparison = new ContentComparison(_peers, time);
        new OwnOperations(host, configuration, tls).Register(_peers);
    }

    private IEnumerable<NodeId> All => _host.Nodes.Nodes.Select(static n => n.Id).Order();

    /// <inheritdoc/>
    public async Task<GetNodeDetailsReply> GetNodeDetailsAsync(GetNodeDetailsRequest request, CancellationToken cancellation)
    {
        NodeId[] nodes = request.Nodes.Count == 0 ? [.. All] : [.. request.Nodes.Select(Known)];
        var reply = new GetNodeDetailsReply { AnsweredBy = _peers.Self.Value };
        reply.Nodes.AddRange(await Task.WhenAll(nodes.Select(n => DetailsAsync(n, cancellation))).ConfigureAwait(false));
        return reply;
    }

    /// <inheritdoc/>
    public async Task<PingNodesReply> PingNodesAsync(PingNodesRequest request, CancellationToken cancellation)
    {
        TimeSpan limit = request.TimeoutMilliseconds switch
        {
            0 => QuickLimit,
            <= MaxPingMilliseconds => TimeSpan.FromMilliseconds(request.TimeoutMilliseconds),
            _ => throw new AdminException(AdminFailure.Refused, $"a ping is waited for at most {MaxPingMilliseconds} ms"),
        };
        var reply = new PingNodesReply { AnsweredBy = _peers.Self.Value };
        reply.Nodes.AddRange(await Task.WhenAll(All.Select(n => PingAsync(n, limit, cancellation))).ConfigureAwait(false));
        return reply;
    }

    /// <inheritdoc/>
    public Task<ElectLeadersReply> ElectLeadersAsync(ElectLeadersRequest request, CancellationToken cancellation) =>
        _peers.CallAsync(Known(request.Node), PeerOperation.ElectLeaders, request, ElectLeadersReply.Parser, SlowLimit, cancellation);

    /// <inheritdoc/>
    public async Task<RebalanceLeadersReply> RebalanceLeadersAsync(CancellationToken cancellation)
    {
        var reply = new RebalanceLeadersReply();
        NodeId[] nodes = [.. All];
        NodeDetails[] before = await Task.WhenAll(nodes.Select(n => DetailsAsync(n, cancellation))).ConfigureAwait(false);
        if (before.FirstOrDefault(static n => !n.Online) is { } absent)
        {
            reply.Obstacle = $"node {absent.Node} does not answer: leaders are moved only while all nodes are there";
        }
        else
        {
            // Each group moves once at most, or something is wrong with the rule.
            int most = before.Max(static n => n.Replicas.Count);
            while (reply.Moves.Count < most && await MoveOneAsync(nodes, reply, cancellation).ConfigureAwait(false))
            {
                // Until nobody has one to hand over.
            }
        }

        NodeDetails[] after = await Task.WhenAll(nodes.Select(n => DetailsAsync(n, cancellation))).ConfigureAwait(false);
        reply.Leaders.AddRange(after.Select(static n => new NodeLeaders { Node = n.Node, Groups = { n.Replicas.Where(static r => r.Leads).Select(static r => r.Group) } }));
        return reply;
    }

    /// <inheritdoc/>
    public async Task<ProbeGroupsReply> ProbeGroupsAsync(CancellationToken cancellation)
    {
        var reply = new ProbeGroupsReply();
        reply.Groups.AddRange(await Task.WhenAll(_host.Status.Groups().Select(g => ProbeAsync(g, cancellation))).ConfigureAwait(false));
        return reply;
    }

    /// <inheritdoc/>
    public async Task<ReloadConfigurationReply> ReloadConfigurationAsync(ReloadConfigurationRequest request, CancellationToken cancellation)
    {
        var reply = new ReloadConfigurationReply();
        reply.Nodes.AddRange(await EachAsync(
            request.Node,
            n => _peers.CallAsync(n, PeerOperation.Reload, request, ReloadResult.Parser, SlowLimit, cancellation),
            static (n, error) => new ReloadResult { Node = n.Value, Error = error }).ConfigureAwait(false));
        return reply;
    }

    /// <inheritdoc/>
    public Task<GetConfigurationReply> GetConfigurationAsync(GetConfigurationRequest request, CancellationToken cancellation) =>
        _peers.CallAsync(request.Node == 0 ? _peers.Self : Known(request.Node), PeerOperation.Configuration, request, GetConfigurationReply.Parser, QuickLimit, cancellation);

    /// <inheritdoc/>
    public Task<SetConfigurationReply> SetConfigurationAsync(SetConfigurationRequest request, CancellationToken cancellation) => _options.SetAsync(request, All, cancellation);

    /// <inheritdoc/>
    public async Task<ForceQuorumReply> ForceQuorumAsync(ForceQuorumRequest request, CancellationToken cancellation)
    {
        if (request.Nodes.Count == 0 || request.Nodes.Any(static n => n is 0 or > ushort.MaxValue))
        {
            throw new AdminException(AdminFailure.Refused, $"expected ids of nodes, 1..{ushort.MaxValue}, found '{string.Join(", ", request.Nodes)}'");
        }

        try
        {
            ForcePlan plan = await _host.Forcing.RunAsync([.. request.Nodes.Select(static n => new NodeId((ushort)n))], cancellation).ConfigureAwait(false);
            var reply = new ForceQuorumReply();
            reply.Groups.AddRange(plan.Steps.Where(static s => !s.HasQuorum).Select(static s => new ForcedGroup { Group = s.Group, Node = s.Node.Node, Last = (ulong)s.Last, Committed = (ulong)s.Committed }));
            reply.Lost.AddRange(plan.Lost.Select(static n => (uint)n));
            return reply;
        }
        catch (MembershipException e)
        {
            throw new AdminException(AdminFailure.Refused, e.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<MigrateShardReply> MigrateShardAsync(MigrateShardRequest request, CancellationToken cancellation)
    {
        NodeId from = Known(request.FromNode);
        NodeId to = Known(request.ToNode);
        PlacementRecord placement = await MovingAsync(() => _host.Moves.MoveAsync((int)Math.Min(request.Shard, int.MaxValue), from, to, request.Force, cancellation)).ConfigureAwait(false);
        return new MigrateShardReply { Nodes = { placement.Nodes.Order().Select(static n => (uint)n) } };
    }

    /// <inheritdoc/>
    public async Task<GetMigrationsReply> GetMigrationsAsync(CancellationToken cancellation)
    {
        var reply = new GetMigrationsReply();
        reply.Shards.AddRange((await MovingAsync(() => _host.Moves.StatusAsync(cancellation)).ConfigureAwait(false)).Select(static s => new ShardMigration
        {
            Shard = s.Shard,
            Wanted = { s.Wanted.Select(static n => (uint)n) },
            Members = { s.Members.Select(static n => (uint)n) },
            Committed = (ulong)s.Head,
            Replicas = { s.Replicas.Select(static r => new MigratedReplica { Node = r.Node, Applied = (ulong)r.Applied }) },
            Done = s.IsDone,
        }));
        return reply;
    }

    /// <inheritdoc/>
    public async Task<GiveSharesReply> GiveSharesAsync(GiveSharesRequest request, CancellationToken cancellation)
    {
        if (request.Nodes.Count == 0 || request.Nodes.Any(static n => n is 0 or > ushort.MaxValue))
        {
            throw new AdminException(AdminFailure.Refused, $"expected ids of nodes, 1..{ushort.MaxValue}, found '{string.Join(", ", request.Nodes)}'");
        }

        SharesDecided decided = await MovingAsync(() => _host.Shares.GiveAsync([.. request.Nodes.Select(static n => (ushort)n)], cancellation)).ConfigureAwait(false);
        return new GiveSharesReply { Share = (uint)decided.Share, Moves = { decided.Moves.Select(static m => new MfsHa.Admin.Contract.ReplicaMove { Shard = m.Shard, FromNode = m.From, ToNode = m.To }) } };
    }

    /// <inheritdoc/>
    public Task<ReconcileReply> ReconcileAsync(ReconcileRequest request, CancellationToken cancellation) => _reconciliation.RunAsync([.. All], request.Force, cancellation);

    /// <inheritdoc/>
    public Task<CompareCrdtReply> CompareCrdtAsync(CancellationToken cancellation) => _comparison.RunAsync([.. All], cancellation);

    /// <inheritdoc/>
    public async Task<CleanCachesReply> CleanCachesAsync(CleanCachesRequest request, CancellationToken cancellation)
    {
        var reply = new CleanCachesReply();

        // One after the other: a node that reads everything from its disk again must not be in the company of others.
        foreach (NodeId node in request.Node == 0 ? All : [Known(request.Node)])
        {
            try
            {
                reply.Nodes.Add(await _peers.CallAsync(node, PeerOperation.CleanCaches, request, CleanResult.Parser, SlowLimit, cancellation).ConfigureAwait(false));
            }
            catch (AdminException e)
            {
                reply.Nodes.Add(new CleanResult { Node = node.Value, Error = e.Message });
            }
        }

        return reply;
    }

    private static async Task<T> MovingAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (MembershipException e)
        {
            throw new AdminException(AdminFailure.Refused, e.Message);
        }
        catch (Exception e) when (e is PeerUnavailableException or ProposalRejectedException or RpcException or TimeoutException)
        {
            throw new AdminException(AdminFailure.Unavailable, e.Message);
        }
    }

    private async Task<T[]> EachAsync<T>(uint node, Func<NodeId, Task<T>> call, Func<NodeId, string, T> failed) =>
        await Task.WhenAll((node == 0 ? All : [Known(node)]).Select(async n =>
        {
            try
            {
                return await call(n).ConfigureAwait(false);
            }
            catch (AdminException e)
            {
                return failed(n, e.Message);
            }
        })).ConfigureAwait(false);

    private async Task<NodeDetails> DetailsAsync(NodeId node, CancellationToken cancellation)
    {
        try
        {
            return await _peers.CallAsync(node, PeerOperation.Details, new GetNodeDetailsRequest(), NodeDetails.Parser, QuickLimit, cancellation).ConfigureAwait(false);
        }
        catch (AdminException)
        {
            return new NodeDetails { Node = node.Value, Host = _host.Nodes.Find(node)?.Host ?? "" };
        }
    }

    private async Task<GroupProbe> ProbeAsync(ushort group, CancellationToken cancellation)
    {
        var probe = new GroupProbe { Group = group };
        long start = Stopwatch.GetTimestamp();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(SlowLimit);
        try
        {
            await _host.ProbeAsync(group, limited.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or PeerUnavailableException or ProposalRejectedException or RpcException or NotLeaderException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            probe.Error = e.Message;
        }

        probe.Microseconds = (ulong)Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return probe;
    }

    private async Task<PingResult> PingAsync(NodeId node, TimeSpan limit, CancellationToken cancellation)
    {
        var result = new PingResult { Node = node.Value };
        long start = Stopwatch.GetTimestamp();
        try
        {
            await _peers.CallAsync(node, PeerOperation.Ping, new PingNodesRequest(), PingResult.Parser, limit, cancellation).ConfigureAwait(false);
            result.Answered = true;
            result.RoundTripMicroseconds = (ulong)Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        catch (AdminException e)
        {
            result.Error = e.Message;
        }

        return result;
    }

    private async Task<bool> MoveOneAsync(IReadOnlyList<NodeId> nodes, RebalanceLeadersReply reply, CancellationToken cancellation)
    {
        foreach (NodeId node in nodes)
        {
            ElectLeadersReply step = await _peers.CallAsync(
                node, PeerOperation.SpreadOne, new RebalanceLeadersRequest(), ElectLeadersReply.Parser, SlowLimit, cancellation).ConfigureAwait(false);
            if (step.Moves.Count == 0)
            {
                continue;
            }

            LeaderMove move = step.Moves[0];
            reply.Moves.Add(move);
            await WaitForLeaderAsync(move, cancellation).ConfigureAwait(false);
            return true;
        }

        return false;
    }

    /// <summary>The next move is decided by reports of the nodes: they have to know of this one.</summary>
    private async Task WaitForLeaderAsync(LeaderMove move, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < LeaderLimit)
        {
            NodeDetails target = await DetailsAsync(new NodeId((ushort)move.To), cancellation).ConfigureAwait(false);
            if (target.Replicas.Any(r => r.Group == move.Group && r.Leads))
            {
                return;
            }

            await Task.Delay(LeaderPause, cancellation).ConfigureAwait(false);
        }
    }

    private NodeId Known(uint node) =>
        node is > 0 and <= ushort.MaxValue && _host.Nodes.Find(new NodeId((ushort)node)) is { } address
            ? address.Id
            : throw new AdminException(AdminFailure.NotFound, $"there is no node {node}; the nodes are {string.Join(", ", All)}");
}

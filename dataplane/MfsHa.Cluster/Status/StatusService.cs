using MemoryPack;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Status;

/// <summary>Tells what this node and the others are doing, and compares the replicas' checksums.</summary>
public sealed class StatusService
{
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ChecksumDeadline = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ChecksumPause = TimeSpan.FromMilliseconds(20);

    private readonly INodeRpc rpc;
    private readonly IMetadataCluster cluster;
    private readonly IShardCalls shards;
    private readonly IShardMap map;
    private readonly GroupTable groups;
    private readonly ConsistencyPoints points;
    private readonly TimeProvider clock;
    private readonly Func<NodeReport> self;

    /// <summary>Creates the service and registers its handler.</summary>
    public StatusService(INodeRpc rpc, IMetadataCluster cluster, IShardCalls shards, IShardMap map, GroupTable groups, ConsistencyPoints points, TimeProvider clock, Func<NodeReport> self)
    {
        this.rpc = rpc;
        this.cluster = cluster;
        this.shards = shards;
        this.map = map;
        this.groups = groups;
        this.points = points;
        this.clock = clock;
        this.self = self;
        rpc.Handle(RpcMethod.Status, ServeAsync);
    }

    /// <summary>The node's own report.</summary>
    public NodeReport Self() => self();

    /// <summary>A node's report; null when it does not answer.</summary>
    public async Task<NodeReport?> AskAsync(NodeId node, CancellationToken cancellation)
    {
        var reply = await CallAsync(node, new StatusCall(Guid.Empty, 0), CallDeadline, cancellation).ConfigureAwait(false);
        return reply?.Report;
    }

    /// <summary>Checksums of a group's replicas at one index of its log, by node; null for nodes that did not answer.</summary>
    public Task<IReadOnlyDictionary<NodeId, GroupChecksum?>> CompareAsync(ushort group, IEnumerable<NodeId> nodes, CancellationToken cancellation) =>
        CompareAsync(Guid.NewGuid(), group, nodes, cancellation);

    /// <summary>The same, under a name of the point by which nodes find their checksum again.</summary>
    public async Task<IReadOnlyDictionary<NodeId, GroupChecksum?>> CompareAsync(Guid point, ushort group, IEnumerable<NodeId> nodes, CancellationToken cancellation)
    {
        await MarkAsync(point, group, cancellation).ConfigureAwait(false);
        var answers = await Task.WhenAll(nodes.Select(async n => (Node: n, Reply: await CallAsync(n, new StatusCall(point, group), ChecksumDeadline, cancellation).ConfigureAwait(false))))
            .ConfigureAwait(false);
        return answers.ToDictionary(static a => a.Node, static a => a.Reply?.Checksum);
    }

    /// <summary>Marks a consistency point in a group's log: when it is applied, each replica begins its checksum, and opens the view that is expected there.</summary>
    internal async Task MarkAsync(Guid point, ushort group, CancellationToken cancellation)
    {
        if (group == GroupNumbers.System)
        {
            await cluster.ExecuteAsync(new MarkSystemConsistencyPoint(point), cancellation).ConfigureAwait(false);
        }
        else
        {
            await shards.ExecuteAsync((ushort)(group - 1), new MarkConsistencyPoint(point), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Numbers of all groups.</summary>
    public IEnumerable<ushort> Groups() => Enumerable.Range(0, map.ShardCount).Select(GroupNumbers.OfShard).Prepend(GroupNumbers.System);

    private async Task<StatusAnswer?> CallAsync(NodeId node, StatusCall call, TimeSpan deadline, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(deadline);
        try
        {
            var reply = await rpc.CallAsync(node, RpcMethod.Status, MemoryPackSerializer.Serialize(call), limited.Token).ConfigureAwait(false);
            return MemoryPackSerializer.Deserialize<StatusAnswer>(reply.Span);
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ServeAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var call = WireFormats.Read<StatusCall>(request);
        if (call.Point == Guid.Empty)
        {
            return MemoryPackSerializer.Serialize(new StatusAnswer(self(), null));
        }

        // A follower may still be on its way to the mark.
        Task<GroupChecksum>? checksum;
        while ((checksum = points.Find(call.Point, call.Group)) is null)
        {
            if (groups.Find(call.Group) is null)
            {
                return MemoryPackSerializer.Serialize(new StatusAnswer(null, null)); // its replica has left this node
            }

            await Task.Delay(ChecksumPause, clock, cancellation).ConfigureAwait(false);
        }

        return MemoryPackSerializer.Serialize(new StatusAnswer(null, await checksum.WaitAsync(cancellation).ConfigureAwait(false)));
    }
}

/// <summary>Asks for a node's report, or for the checksum at a consistency point.</summary>
[MemoryPackable]
public sealed partial record StatusCall(Guid Point, ushort Group);

/// <summary>Answer to a <see cref="StatusCall"/>.</summary>
[MemoryPackable]
public sealed partial record StatusAnswer(NodeReport? Report, GroupChecksum? Checksum);

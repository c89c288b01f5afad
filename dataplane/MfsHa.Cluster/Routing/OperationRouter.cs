using System.Diagnostics;
using MfsHa.Protocol;
using MfsHa.Cluster.Tracing;
using MfsHa.Cluster.Transactions;
using MemoryPack;
using MfsHa.Cluster.Caches;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Membership;
using MfsHa.Consensus;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Formats;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Routing;

/// <summary>
/// Sends each operation to the leader of its group, here or over the node link, and tries again through elections (design.md 2).
/// A repetition is safe: queries change nothing, commands of clients carry a stamp, the cluster's own commands are idempotent.
/// </summary>
public sealed partial class OperationRouter : IMetadataCluster, IShardCalls, IDisposable
{
    private readonly GroupTable groups;
    private readonly IShardMap map;
    private readonly INodeRpc rpc;
    private readonly NodeBook book;
    private readonly LeaderHints hints;
    private readonly RouterOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<OperationRouter> logger;
    private readonly DataReaders readers;
    private readonly SemaphoreSlim places;
    private readonly ShardFanOut fanOut;

    /// <summary>The format levels that this node reads, and writes at.</summary>
    public FormatGate Formats { get; init; } = FormatGate.InMemory();

    /// <summary>Creates the router and registers its handler for calls of other nodes.</summary>
    public OperationRouter(
        GroupTable groups,
        IShardMap map,
        INodeRpc rpc,
        IPeerLiveness liveness,
        INodeDirectory nodes,
        NodeBook book,
        RouterOptions options,
        DataReaders readers,
        TimeProvider clock,
        ILogger<OperationRouter> logger)
    {
        this.groups = groups;
        this.map = map;
        this.rpc = rpc;
        this.book = book;
        hints = new LeaderHints(rpc.Self, liveness, nodes, book.NodesOf);
        this.options = options;
        this.readers = readers;
        this.clock = clock;
        this.logger = logger;
        places = new SemaphoreSlim(options.MaxRequests);
        fanOut = new ShardFanOut(this, map);
        rpc.Handle(RpcMethod.Execute, ServeAsync);
    }

    /// <inheritdoc/>
    public ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation)
    {
        if (map.ShardCount == 1)
        {
            return ExecuteAsync((ushort)0, operation, cancellation);
        }

        return operation.RoutingInode == 0
            ? fanOut.ExecuteAsync(operation, cancellation)
            : ExecuteAsync((ushort)map.ShardOf(operation.RoutingInode), operation, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<Reply> ExecuteAsync(ushort shard, Operation operation, CancellationToken cancellation)
    {
        var group = GroupNumbers.OfShard(shard);
        if (operation is Query query)
        {
            if (groups.Find(group)?.AnswerAsFollower(query) is { } reply)
            {
                return ValueTask.FromResult(reply);
            }
        }
        else if (operation is OpenFile open && (open.Flags & OpenFlags.CacheCleared) != 0)
        {
            readers.Note(open.Caller.Session, open.Caller.Real(open.Inode));
        }

        return RouteAsync<Operation, Reply>(
            group,
            operation,
            static (endpoint, o, token) => endpoint.ExecuteAsync(o, token),
            static (group, o, level) => GroupRequest.Write(group, o, level),
            cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<SystemReply> ExecuteAsync(SystemOperation operation, CancellationToken cancellation) =>
        RouteAsync<SystemOperation, SystemReply>(
            GroupNumbers.System,
            operation,
            static (endpoint, o, token) => endpoint.ExecuteAsync(o, token),
            static (group, o, level) => GroupRequest.Write(group, o, level),
            cancellation);

    /// <inheritdoc/>
    public ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation)
    {
        if (request is ReadChunkRequest)
        {
            readers.Note(request.Caller.Session, request.Caller.Real(request.Inode));
        }

        return RouteAsync<SupervisedRequest, SupervisedReply>(
            GroupNumbers.OfShard(map.ShardOf(request.Inode)),
            request,
            static (endpoint, o, token) => endpoint.ExecuteAsync(o, token),
            static (group, o, level) => GroupRequest.Write(group, o, level),
            cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => places.Dispose();

    private async ValueTask<TReply> RouteAsync<TRequest, TReply>(
        ushort group,
        TRequest request,
        Func<IGroupEndpoint, TRequest, CancellationToken, ValueTask<TReply>> here,
        Func<ushort, TRequest, byte, byte[]> serialise,
        CancellationToken cancellation)
        where TRequest : class
        where TReply : class
    {
        if (!await places.WaitAsync(TimeSpan.Zero, cancellation).ConfigureAwait(false))
        {
            throw new ProposalRejectedException(group, $"{options.MaxRequests} requests are in work at this node");
        }

        using var activity = Traces.BeginCall(group, request);
        try
        {
            byte[]? serialised = null;
            var begin = clock.GetTimestamp();
            for (var attempt = 0; ; attempt++)
            {
                var leader = NodeId.None;
                try
                {
                    var endpoint = groups.Find(group);
                    leader = endpoint?.Log.Leadership.Leader ?? NodeId.None;
                    if (leader == NodeId.None)
                    {
                        leader = hints.Find(group, mayAskAnybody: endpoint is null || clock.GetElapsedTime(begin) > options.Isolation || !IsPlacedHere(group));
                    }

                    if (leader == rpc.Self && endpoint is not null)
                    {
                        return await here(endpoint, request, cancellation).ConfigureAwait(false);
                    }

                    if (leader != NodeId.None && leader != rpc.Self)
                    {
                        serialised ??= serialise(group, request, Formats.Level);
                        var reply = await rpc.CallAsync(leader, RpcMethod.Execute, serialised, cancellation).ConfigureAwait(false);
                        var answer = MemoryPackSerializer.Deserialize<TReply>(GroupReply.Read(group, reply).Span)
                            ?? throw new FormatException($"node {leader} answered a {typeof(TRequest).Name} with nothing");
                        hints.Answered(group, leader);
                        return answer;
                    }
                }
                catch (Exception e) when (e is NotLeaderException or ProposalRejectedException or PeerUnavailableException)
                {
                    hints.Failed(group, leader, e);
                    Log.Retrying(logger, group, leader, attempt, e.Message);
                }

                if (clock.GetElapsedTime(begin) > options.Deadline)
                {
                    throw new TimeoutException($"group {group} had no leader that answered within {options.Deadline.TotalSeconds:0} s");
                }

                await Task.Delay(options.RetryPause, clock, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            places.Release();
        }
    }

    // A replica that is on its way out hears of no leader any more: there is nothing to wait for.
    private bool IsPlacedHere(ushort group) => book.NodesOf(group) is var placed && (placed.Count == 0 || placed.Contains(rpc.Self.Value));

    private async ValueTask<ReadOnlyMemory<byte>> ServeAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var (group, kind, trace, body) = GroupRequest.Read(request, Formats.Range);
        try
        {
            if (groups.Find(group) is not { } endpoint)
            {
                // Nor a word of who may lead: two nodes without a replica would send a third one back and forth for ever.
                return GroupReply.Write(new NotLeaderException(group, NodeId.None));
            }

            return GroupReply.Write(kind switch
            {
                GroupRequestKind.Namespace => await ServeAsync<Operation, Reply>(
                    trace, endpoint, body, static (e, o, token) => e.ExecuteAsync(o, token), cancellation).ConfigureAwait(false),
                GroupRequestKind.System => await ServeAsync<SystemOperation, SystemReply>(
                    trace, endpoint, body, static (e, o, token) => e.ExecuteAsync(o, token), cancellation).ConfigureAwait(false),
                _ => await ServeAsync<SupervisedRequest, SupervisedReply>(
                    trace, endpoint, body, static (e, o, token) => e.ExecuteAsync(o, token), cancellation).ConfigureAwait(false),
            });
        }
        catch (NotLeaderException e)
        {
            return GroupReply.Write(e);
        }
        catch (ObjectDisposedException)
        {
            // The replica has just left this node, or the node ends: what the request has done is as uncertain as with a leader that lost its office.
            return GroupReply.Write(new NotLeaderException(group, NodeId.None));
        }
        catch (ProposalRejectedException)
        {
            return GroupReply.WriteRejected();
        }
    }

    private static async ValueTask<byte[]> ServeAsync<TRequest, TReply>(
        ActivityContext trace,
        IGroupEndpoint endpoint,
        ReadOnlyMemory<byte> body,
        Func<IGroupEndpoint, TRequest, CancellationToken, ValueTask<TReply>> execute,
        CancellationToken cancellation)
        where TRequest : class
    {
        var request = WireFormats.Read<TRequest>(body);
        using var activity = Traces.BeginService(trace, endpoint.Log.Group, request);
        return MemoryPackSerializer.Serialize(await execute(endpoint, request, cancellation).ConfigureAwait(false));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "group {Group}: request to node {Leader} is tried again (attempt {Attempt}): {Reason}")]
        public static partial void Retrying(ILogger logger, ushort group, NodeId leader, int attempt, string reason);
    }
}

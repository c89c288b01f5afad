using MfsHa.Cluster.Chunks;
using MfsHa.Cluster.Chunks.Care;
using MfsHa.Cluster.Push;
using MfsHa.Cluster.Routing;
using MfsHa.Consensus;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfsHa.Cluster.Tests.Chunks.Writes;

/// <summary>One run of a node's process, with the real supervisor and care of copies; what it was doing dies with it.</summary>
internal sealed class SimulatedNode : IPeerLiveness, INodeDirectory, INodeRpc, IChunkServerLinks, IClientNotifier, IMetadataCluster, IDisposable
{
    private readonly CopySimulation world;
    private readonly Dictionary<RpcMethod, RpcHandler> handlers = [];
    private readonly List<Action> pending = [];
    private readonly TaskCompletionSource died = new();
    private readonly CopyCare care;

    public SimulatedNode(CopySimulation world, NodeId id, SimulatedView view)
    {
        (this.world, Id, View) = (world, id, view);
        Log = new SimulatedLog(world, this);
        Copies = new CopyMap(view, this, world.Clock);
        var orders = new ChunkOrders(new ChunkCommandDispatcher(this, this), Log);
        var pace = new CarePaceSource(new CarePace { InitialDelay = TimeSpan.FromMilliseconds(world.CareAfter), LoopMinTime = TimeSpan.FromSeconds(5) });
        var book = new ChunkServerBook(this, Copies, pace, world.Clock);
        var confirmation = new CopyConfirmation(this, view);
        Supervisor = new ChunkSupervisor(
            Log, world.Replica, Copies, orders, book, confirmation, pace, new NotificationRelay(this, this, this), world.Clock, NullLogger<ChunkSupervisor>.Instance, null, TaskCreationOptions.None);
        care = new CopyCare(
            Log, world.Replica, view, Supervisor, orders, book, confirmation, pace, static _ => true, world.Clock, NullLogger<CopyCare>.Instance);
        world.At(world.Random.Next(1, 200), Look);
    }

    /// <inheritdoc/>
    public event Action<NodeId, bool>? Changed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    event Action? INodeDirectory.Changed
    {
        add { }
        remove { }
    }

    public NodeId Id { get; }

    public SimulatedView View { get; }

    public SimulatedLog Log { get; }

    public CopyMap Copies { get; }

    public ChunkSupervisor Supervisor { get; }

    public bool IsUp { get; private set; } = true;

    /// <summary>Ends when the process dies.</summary>
    public Task Died => died.Task;

    /// <inheritdoc/>
    public NodeId Self => Id;

    /// <inheritdoc/>
    public IReadOnlyCollection<NodeAddress> Nodes => [];

    /// <inheritdoc/>
    public NodeAddress? Find(NodeId node) => null;

    /// <inheritdoc/>
    public bool IsAlive(NodeId peer) => world.SeemsAlive(peer);

    /// <inheritdoc/>
    public void Notify(ClientNotification notification)
    {
        // Clients without a cache of chunks need no news.
    }

    /// <inheritdoc/>
    public void Handle(RpcMethod method, RpcHandler handler) => handlers.Add(method, handler);

    /// <inheritdoc/>
    public bool TryPost(NodeId to, RpcMethod method, ReadOnlyMemory<byte> message) => true;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(NodeId to, RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var source = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        var bytes = request.ToArray();
        var target = world.Node(to);
        var broken = to != Id && world.IsFaulty && world.Random.Next(40) == 0;
        var lost = broken && world.Random.Next(2) == 0;
        // A request may stay in a stopped process for long.
        var delay = to == Id ? 0 : broken && !lost && world.Random.Next(2) == 0 ? world.Random.Next(0, 4000) : world.Random.Next(0, 4);
        void Fail() => source.TrySetException(new PeerUnavailableException(to, "the connection broke"));
        pending.Add(Fail);
        target?.pending.Add(Fail);
        if (broken || target is null)
        {
            world.At(world.Random.Next(1, 40), Fail);
        }

        if (target is not null && !lost)
        {
            world.At(delay, () => _ = DeliverAsync());
        }

        var reply = await source.Task.ConfigureAwait(false);
        pending.Remove(Fail);
        target?.pending.Remove(Fail);
        return reply;

        async Task DeliverAsync()
        {
            if (!target.IsUp)
            {
                return;
            }

            var answer = await target.handlers[method](Id, bytes, CancellationToken.None).ConfigureAwait(false);
            world.At(to == Id ? 0 : world.Random.Next(0, 4), () => source.TrySetResult(answer));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StatusCode> ExecuteAsync(ChunkCommand command, CancellationToken cancellation) =>
        world.Servers[command.Server - 1].Link is { IsOpen: true } link && link.Gateway == this && link.Incarnation.Epoch == command.Epoch
            ? await link.SendAsync(command).ConfigureAwait(false)
            : StatusCode.Disconnected;

    /// <inheritdoc/>
    public async ValueTask<SystemReply> ExecuteAsync(SystemOperation operation, CancellationToken cancellation)
    {
        await Delay(world.Random.Next(0, 5)).ConfigureAwait(false);
        return operation is ListChunkServers ? world.ListChunkServers() : throw new NotSupportedException(operation.GetType().Name);
    }

    /// <inheritdoc/>
    public ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Time of this process: it never comes when the process has died.</summary>
    public Task Delay(int milliseconds)
    {
        var source = new TaskCompletionSource();
        world.At(milliseconds, () =>
        {
            if (IsUp)
            {
                source.SetResult();
            }
        });
        return source.Task;
    }

    public void Crash()
    {
        IsUp = false;
        Dispose();
        foreach (var fail in pending.ToList())
        {
            fail();
        }

        died.SetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Supervisor.Dispose();
        care.Dispose();
    }

    private void Look()
    {
        if (!IsUp)
        {
            return;
        }

        _ = LookAsync();

        async Task LookAsync()
        {
            try
            {
                if (Log.Leadership.IsReady)
                {
                    await care.PassAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is NotLeaderException or OperationCanceledException)
            {
                // The next pass tries again, if this node leads then.
            }
            catch (Exception e)
            {
                world.Fail(e);
            }

            world.At((long)CopyCare.Every.TotalMilliseconds, Look);
        }
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MfsHa.NodeLink.Liveness;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Rpc;

/// <summary>Calls and messages between nodes over one connection per direction and pair of nodes.</summary>
internal sealed class NodeRpc(NodeLinkOptions options, GatedDialer dialer, PeerGates gates, TimeProvider time, ILogger logger) : INodeRpc, IAsyncDisposable
{
    private readonly HandlerSet _handlers = new();
    private readonly ConcurrentDictionary<NodeId, RpcPeer> _peers = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<NodeId, InboundRpc> _inbound = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _ownPosts;

    /// <inheritdoc/>
    public NodeId Self => options.Self;

    /// <inheritdoc/>
    public void Handle(RpcMethod method, RpcHandler handler) => _handlers.Add(method, handler);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> CallAsync(NodeId to, RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (request.Length > options.MaxFrameBytes)
            throw new ArgumentException($"request of {request.Length} bytes, allowed are {options.MaxFrameBytes}", nameof(request));
        cancellation.ThrowIfCancellationRequested();
        return to == options.Self ? CallSelfAsync(method, request, cancellation) : PeerOf(to).CallAsync(method, request, cancellation);
    }

    /// <inheritdoc/>
    public bool TryPost(NodeId to, RpcMethod method, ReadOnlyMemory<byte> message)
    {
        if (message.Length > options.MaxFrameBytes)
            throw new ArgumentException($"message of {message.Length} bytes, allowed are {options.MaxFrameBytes}", nameof(message));
        return to == options.Self ? TryPostSelf(method, message) : PeerOf(to).TryPost(method, message);
    }

    public void Start() => _handlers.Freeze();

    /// <summary>Takes over a connection that a peer opened. The newest counts: the peer opens another only after it lost the former.</summary>
    public void Serve(LinkConnection link)
    {
        var sender = link.Preface.Sender;
        if (InboundRpc.TryOpen(link, gates.Of(sender), options, _handlers, logger, Ended) is not { } connection)
        {
            NodeLinkLog.RpcEnded(logger, sender, link.Remote, "it does not answer pings");
            link.Abort();
            return;
        }

        InboundRpc? former;
        lock (_lock)
        {
            _inbound.Remove(sender, out former);
            _inbound.Add(sender, connection);
        }

        former?.End("the peer opened a newer connection");
        connection.Start();
    }

    public void PeerChanged(NodeId peer, bool alive)
    {
        if (alive && !_stopping.IsCancellationRequested)
            PeerOf(peer).ConnectInBackground();
    }

    /// <summary>Ends all connections; calls in flight fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var peer in _peers.Values)
            await peer.StopAsync().ConfigureAwait(false);
        InboundRpc[] inbound;
        lock (_lock)
            inbound = [.. _inbound.Values];
        foreach (var connection in inbound)
        {
            connection.End("this node stops");
            await connection.Reading.ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private RpcPeer PeerOf(NodeId peer)
        => _peers.TryGetValue(peer, out var known) ? known : _peers.GetOrAdd(peer, id => new RpcPeer(id, options, dialer, gates, time, logger, _stopping.Token));

    private async ValueTask<ReadOnlyMemory<byte>> CallSelfAsync(RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var handler = _handlers.Find(method) ?? throw new RpcException(Self, $"no handler for method {(ushort)method}");
        try
        {
            return await handler(Self, request, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellation.IsCancellationRequested))
        {
            // As from any other node, so that callers need not know where the handler ran.
            throw new RpcException(Self, e.Message);
        }
    }

    private bool TryPostSelf(RpcMethod method, ReadOnlyMemory<byte> message)
    {
        if (Interlocked.Increment(ref _ownPosts) > options.MaxConcurrentHandlers)
        {
            Interlocked.Decrement(ref _ownPosts);
            return false;
        }

        var copy = message.ToArray();
        _ = Task.Run(() => PostSelfAsync(method, copy));
        return true;
    }

    private async Task PostSelfAsync(RpcMethod method, byte[] message)
    {
        try
        {
            if (_handlers.Find(method) is { } handler)
                await handler(Self, message, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A message has no caller to tell.
            NodeLinkLog.HandlerFailed(logger, method, Self, e);
        }
        finally
        {
            Interlocked.Decrement(ref _ownPosts);
        }
    }

    private void Ended(InboundRpc connection, string reason)
    {
        lock (_lock)
        {
            if (_inbound.TryGetValue(connection.Peer, out var current) && current == connection)
                _inbound.Remove(connection.Peer);
        }

        if (!_stopping.IsCancellationRequested)
            NodeLinkLog.RpcEnded(logger, connection.Peer, connection.Remote, reason);
    }
}

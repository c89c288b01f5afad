using Microsoft.Extensions.Logging;
using MfsHa.NodeLink.Liveness;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Rpc;

/// <summary>This node's calls to one peer: holds the connection and opens it when it is needed.</summary>
internal sealed class RpcPeer(NodeId peer, NodeLinkOptions options, GatedDialer dialer, PeerGates gates, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    private readonly PeerGate _gate = gates.Of(peer);
    private readonly Lock _lock = new();
    private volatile OutboundRpc? _connection;
    private Task<OutboundRpc>? _connecting;
    private TimeSpan _pause = options.ReconnectMin;
    private long _failedAt;
    private string? _failure;
    private int _waiting;

    public ValueTask<ReadOnlyMemory<byte>> CallAsync(RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (_gate.State != PeerState.Up)
            throw new PeerUnavailableException(peer, "it does not answer pings");
        return _connection is { IsOpen: true } connection
            ? connection.CallAsync(method, request, cancellation)
            : ConnectAndCallAsync(method, request, cancellation);
    }

    public bool TryPost(RpcMethod method, ReadOnlyMemory<byte> message)
    {
        if (_connection is { IsOpen: true } connection)
            return connection.TryPost(method, message);
        if (_gate.State == PeerState.Up)
            ConnectInBackground();
        return false;
    }

    /// <summary>Opens the connection so that the first call need not wait for it.</summary>
    public void ConnectInBackground()
    {
        try
        {
            _ = ConnectAsync();
        }
        catch (PeerUnavailableException)
        {
            // Within the pause after a failure that has been logged; the next call tries again.
            return;
        }
    }

    public async Task StopAsync()
    {
        if (_connection is not { } connection)
            return;
        connection.End("this node stops");
        await connection.Reading.ConfigureAwait(false);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ConnectAndCallAsync(RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.MaxCallsInFlight)
                throw new PeerUnavailableException(peer, $"{options.MaxCallsInFlight} calls wait already");
            var connection = await ConnectAsync().WaitAsync(cancellation).ConfigureAwait(false);
            return await connection.CallAsync(method, request, cancellation).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>One attempt at a time, shared by all who wait for it; after a failure none for a pause that grows.</summary>
    private Task<OutboundRpc> ConnectAsync()
    {
        lock (_lock)
        {
            if (_connection is { IsOpen: true } connection)
                return Task.FromResult(connection);
            if (_connecting is { } running)
                return running;
            if (_failure is not null && time.GetElapsedTime(_failedAt) < _pause)
                throw new PeerUnavailableException(peer, _failure);
            var attempt = Task.Run(OpenAsync, CancellationToken.None);
            _connecting = attempt;
            return attempt;
        }
    }

    private async Task<OutboundRpc> OpenAsync()
    {
        try
        {
            var opened = await dialer.ConnectAsync(
                peer, LinkKind.Rpc, 0, 0, (link, gate) => OutboundRpc.TryOpen(link, gate, options, Ended), stopping).ConfigureAwait(false);
            lock (_lock)
            {
                _connecting = null;
                _connection = opened;
                _failure = null;
                _pause = options.ReconnectMin;
            }

            return opened;
        }
        catch (Exception e)
        {
            NodeLinkLog.RpcConnectFailed(logger, peer, e.Message);
            lock (_lock)
            {
                _connecting = null;
                _pause = _failure is null ? options.ReconnectMin : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, options.ReconnectMax.Ticks));
                _failure = e.Message;
                _failedAt = time.GetTimestamp();
            }

            if (e is PeerUnavailableException)
                throw;
            throw new PeerUnavailableException(peer, e.Message, e);
        }
    }

    private void Ended(OutboundRpc connection, string reason)
    {
        if (!stopping.IsCancellationRequested)
            NodeLinkLog.RpcEnded(logger, peer, connection.Remote, reason);
    }
}

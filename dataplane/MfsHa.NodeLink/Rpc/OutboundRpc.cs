using System.Net;
using System.Text;
using MfsHa.NodeLink.Liveness;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Rpc;

/// <summary>The connection that carries this node's calls to one peer.</summary>
internal sealed class OutboundRpc : IFrameSink
{
    private readonly LinkConnection _link;
    private readonly PeerGate _gate;
    private readonly NodeLinkOptions _options;
    private readonly Action<OutboundRpc, string> _ended;
    private readonly CallTable _calls;
    private readonly SendQueue _queue;
    private readonly Action _end;
    private readonly Action<object?, CancellationToken> _cancel;
    private int _state;

    private OutboundRpc(LinkConnection link, PeerGate gate, NodeLinkOptions options, Action<OutboundRpc, string> ended)
    {
        _link = link;
        _gate = gate;
        _options = options;
        _ended = ended;
        _calls = new CallTable(options.MaxCallsInFlight);
        _queue = new SendQueue(link.Stream, options.MaxQueuedBytes, e => End(e.Message));
        _end = () => End("it does not answer pings");
        _cancel = Cancel;
    }

    public EndPoint? Remote => _link.Remote;

    public bool IsOpen => Volatile.Read(ref _state) == 0;

    /// <summary>Ends after the connection did.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    private NodeId Peer => _gate.Peer;

    /// <summary>Null, and the link is left alone, when the peer is down.</summary>
    public static OutboundRpc? TryOpen(LinkConnection link, PeerGate gate, NodeLinkOptions options, Action<OutboundRpc, string> ended)
    {
        var rpc = new OutboundRpc(link, gate, options, ended);
        if (!gate.TryRegister(rpc._end))
            return null;
        rpc.Reading = rpc.ReadAsync();
        return rpc;
    }

    public ValueTask<ReadOnlyMemory<byte>> CallAsync(RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var call = new PendingCall(isShort: method == RpcMethod.Execute);
        if (!_calls.TryAdd(call))
            throw new PeerUnavailableException(Peer, IsOpen ? $"{_options.MaxCallsInFlight} calls wait already" : "the connection ended");
        var header = new FrameHeader((uint)request.Length, FrameKind.Request, method, call.Id);
        if (!_queue.TryAppend(header, request.Span))
            return QueueAndWaitAsync(call, header, request, cancellation);
        return Wait(call, cancellation);
    }

    public bool TryPost(RpcMethod method, ReadOnlyMemory<byte> message)
        => _queue.TryAppend(new FrameHeader((uint)message.Length, FrameKind.Post, method, 0), message.Span);

    public void End(string reason)
    {
        if (Interlocked.Exchange(ref _state, 1) != 0)
            return;
        _gate.Unregister(_end);
        _link.Abort();
        _queue.Close();
        foreach (var call in _calls.Close())
            call.Fail(new PeerUnavailableException(Peer, reason));
        _ended(this, reason);
    }

    byte[]? IFrameSink.Begin(in FrameHeader header) => header.Kind switch
    {
        // A reply that comes after its call was cancelled is nothing unusual.
        FrameKind.Reply or FrameKind.Error => _calls.Contains(header.Id) ? Allocate((int)header.PayloadLength) : null,
        _ => throw new InvalidDataException($"a frame of kind {header.Kind} answers a call"),
    };

    ValueTask IFrameSink.EndAsync(FrameHeader header, byte[] payload)
    {
        var call = _calls.Take(header.Id);
        if (header.Kind == FrameKind.Reply)
            call?.Complete(payload);
        else
            call?.Fail(new RpcException(Peer, Encoding.UTF8.GetString(payload)));
        return ValueTask.CompletedTask;
    }

    void IFrameSink.Idle()
    {
    }

    private static byte[] Allocate(int length) => length == 0 ? [] : GC.AllocateUninitializedArray<byte>(length);

    private ValueTask<ReadOnlyMemory<byte>> Wait(PendingCall call, CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
            call.CancelWith(cancellation.UnsafeRegister(_cancel, call));
        return call.Task;
    }

    private async ValueTask<ReadOnlyMemory<byte>> QueueAndWaitAsync(PendingCall call, FrameHeader header, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            // False means that the connection ended; then the call has failed with the reason already.
            await _queue.AppendAsync(header, request, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _calls.Take(call.Id);
            throw;
        }

        return await Wait(call, cancellation).ConfigureAwait(false);
    }

    private void Cancel(object? state, CancellationToken cancellation)
    {
        var call = (PendingCall)state!;
        if (_calls.Take(call.Id) is null)
            return;
        _queue.TryAppend(new FrameHeader(0, FrameKind.Cancel, 0, call.Id), default, force: true);
        call.Fail(new OperationCanceledException(cancellation));
    }

    private async Task ReadAsync()
    {
        var reason = "the peer closed the connection";
        try
        {
            await FrameReader.RunAsync(_link.Stream, _options.MaxFrameBytes, this, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The edge: nothing that a peer sends may do more than end its connection.
            reason = e.Message;
        }

        End(reason);
    }
}

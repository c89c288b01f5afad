using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using MfsHa.NodeLink.Liveness;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Rpc;

/// <summary>
/// The connection that carries a peer's calls to this node. Handlers start on the reading task and go on wherever their awaits take them;
/// while too many run, nothing more is read.
/// </summary>
internal sealed class InboundRpc : IFrameSink
{
    private const int MaxSpareCalls = 256;
    private const int MaxErrorBytes = 4096;

    private readonly LinkConnection _link;
    private readonly PeerGate _gate;
    private readonly NodeLinkOptions _options;
    private readonly HandlerSet _handlers;
    private readonly ILogger _logger;
    private readonly Action<InboundRpc, string> _ended;
    private readonly SendQueue _queue;
    private readonly Action _end;
    private readonly Lock _lock = new();
    private readonly HashSet<InboundCall> _running = [];
    private readonly Dictionary<uint, InboundCall> _byId = [];
    private readonly Stack<InboundCall> _spare = new();
    private long _runningBytes;
    private bool _closed;
    private TaskCompletionSource? _room;

    private InboundRpc(LinkConnection link, PeerGate gate, NodeLinkOptions options, HandlerSet handlers, ILogger logger, Action<InboundRpc, string> ended)
    {
        _link = link;
        _gate = gate;
        _options = options;
        _handlers = handlers;
        _logger = logger;
        _ended = ended;
        _queue = new SendQueue(link.Stream, options.MaxQueuedBytes, e => End(e.Message));
        _end = () => End("the peer does not answer pings");
    }

    public NodeId Peer => _gate.Peer;

    public EndPoint? Remote => _link.Remote;

    public Task Reading { get; private set; } = Task.CompletedTask;

    /// <summary>Null, and the link is left alone, when the peer is down.</summary>
    public static InboundRpc? TryOpen(
        LinkConnection link, PeerGate gate, NodeLinkOptions options, HandlerSet handlers, ILogger logger, Action<InboundRpc, string> ended)
    {
        var rpc = new InboundRpc(link, gate, options, handlers, logger, ended);
        return gate.TryRegister(rpc._end) ? rpc : null;
    }

    public void Start() => Reading = ReadAsync();

    public void End(string reason)
    {
        List<InboundCall> running;
        TaskCompletionSource? room;
        lock (_lock)
        {
            if (_closed)
                return;
            _closed = true;
            running = [.. _running];
            foreach (var call in running)
                call.IsDoomed = true;
            (room, _room) = (_room, null);
        }

        _gate.Unregister(_end);
        _link.Abort();
        _queue.Close();
        room?.TrySetResult();
        foreach (var call in running)
            call.Cancel();
        _ended(this, reason);
    }

    byte[]? IFrameSink.Begin(in FrameHeader header) => header.Kind switch
    {
        FrameKind.Request or FrameKind.Post or FrameKind.Cancel => header.PayloadLength == 0 ? [] : ArrayPool<byte>.Shared.Rent((int)header.PayloadLength),
        _ => throw new InvalidDataException($"a frame of kind {header.Kind} makes a call"),
    };

    ValueTask IFrameSink.EndAsync(FrameHeader header, byte[] payload)
    {
        if (header.Kind == FrameKind.Cancel)
        {
            Return(payload);
            Cancel(header.Id);
            return ValueTask.CompletedTask;
        }

        Dispatch(header, payload);
        return Volatile.Read(ref _runningBytes) > _options.MaxHandlerBytes || _running.Count >= _options.MaxConcurrentHandlers
            ? WaitForRoomAsync()
            : ValueTask.CompletedTask;
    }

    void IFrameSink.Idle() => _queue.Flush();

    private static ReadOnlyMemory<byte> ErrorText(Exception e)
    {
        var text = Encoding.UTF8.GetBytes(e.Message);
        return text.AsMemory(0, Math.Min(text.Length, MaxErrorBytes));
    }

    private static void Return(byte[] payload)
    {
        if (payload.Length > 0)
            ArrayPool<byte>.Shared.Return(payload);
    }

    private void Dispatch(FrameHeader header, byte[] payload)
    {
        var call = _spare.TryPop(out var spare) ? spare : new InboundCall();
        call.Begin(header, payload);
        var task = Invoke(call);
        if (!task.IsCompletedSuccessfully)
        {
            Track(call);
            _ = FinishAsync(call, task);
            return;
        }

        var reply = task.Result;
        if (TryReplyNow(header, reply))
        {
            Return(payload);
            Recycle(call);
            return;
        }

        Track(call);
        _ = FinishAsync(call, ValueTask.FromResult(reply));
    }

    private ValueTask<ReadOnlyMemory<byte>> Invoke(InboundCall call)
    {
        try
        {
            var handler = _handlers.Find(call.Header.Method) ?? throw new NotSupportedException($"no handler for method {(ushort)call.Header.Method}");
            return handler(Peer, call.Request, call.Cancellation);
        }
        catch (Exception e)
        {
            // A handler's failure is its caller's to see.
            return ValueTask.FromException<ReadOnlyMemory<byte>>(e);
        }
    }

    /// <summary>The fast path: the handler is done already and its reply fits in the queue.</summary>
    private bool TryReplyNow(FrameHeader header, ReadOnlyMemory<byte> reply)
        => header.Kind == FrameKind.Post
            || (reply.Length <= _options.MaxFrameBytes
                && _queue.TryAppend(new FrameHeader((uint)reply.Length, FrameKind.Reply, 0, header.Id), reply.Span, flush: false));

    private void Track(InboundCall call)
    {
        lock (_lock)
        {
            _running.Add(call);
            _runningBytes += call.Payload.Length;
            if (call.Header.Kind == FrameKind.Request)
                _byId[call.Header.Id] = call;
            if (!_closed)
                return;
            call.IsDoomed = true;
        }

        // The connection ended while the handler started: it would not hear of it otherwise.
        call.Cancel();
    }

    private async Task FinishAsync(InboundCall call, ValueTask<ReadOnlyMemory<byte>> task)
    {
        var header = call.Header;
        var kind = FrameKind.Reply;
        ReadOnlyMemory<byte> reply;
        try
        {
            reply = await task.ConfigureAwait(false);
            if (reply.Length > _options.MaxFrameBytes)
                throw new InvalidOperationException($"reply of {reply.Length} bytes, allowed are {_options.MaxFrameBytes}");
        }
        catch (Exception e)
        {
            // A handler's failure is its caller's to see.
            if (e is FormatException or NotSupportedException)
                NodeLinkLog.CallRefused(_logger, header.Method, Peer, e.Message);
            else if (e is not (PeerUnavailableException or OperationCanceledException))
                NodeLinkLog.HandlerFailed(_logger, header.Method, Peer, e);
            kind = FrameKind.Error;
            reply = ErrorText(e);
        }

        // Not cancellable: it ends when there is room or the connection ends. Until then the call counts as running, which bounds what waits.
        if (header.Kind == FrameKind.Request && !call.IsDoomed)
            await _queue.AppendAsync(new FrameHeader((uint)reply.Length, kind, 0, header.Id), reply, CancellationToken.None).ConfigureAwait(false);
        Untrack(call);
    }

    private void Untrack(InboundCall call)
    {
        Return(call.Payload);
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            _running.Remove(call);
            _runningBytes -= call.Payload.Length;
            if (_byId.TryGetValue(call.Header.Id, out var current) && current == call)
                _byId.Remove(call.Header.Id);
            if (HasRoom())
                (room, _room) = (_room, null);
        }

        room?.TrySetResult();
    }

    private void Cancel(uint id)
    {
        InboundCall? call;
        lock (_lock)
        {
            if (!_byId.Remove(id, out call))
                return;
            call.IsDoomed = true;
        }

        call.Cancel();
    }

    private async ValueTask WaitForRoomAsync()
    {
        _queue.Flush();
        Task room;
        lock (_lock)
        {
            if (_closed || HasRoom())
                return;
            room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await room.ConfigureAwait(false);
    }

    private bool HasRoom() => _runningBytes <= _options.MaxHandlerBytes && _running.Count < _options.MaxConcurrentHandlers;

    private void Recycle(InboundCall call)
    {
        // Only calls that ended on the reading task come back here, so the stack needs no lock.
        if (_spare.Count < MaxSpareCalls && call.TryReset())
            _spare.Push(call);
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

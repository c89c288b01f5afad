using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using MfsHa.NodeLink.Liveness;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Raft;

/// <summary>A connection of one Raft group as DotNext wants to see it. Ends with its peer's liveness.</summary>
internal sealed class RaftConnection : ConnectionContext, IDuplexPipe
{
    /// <summary>
    /// Large enough that a full log entry takes few system calls. An idle connection holds one (waiting without it costs two more system calls a message); of its
    /// memory only the pages are taken that were ever written to.
    /// </summary>
    private const int BufferSize = 64 * 1024;

    private static long _lastId;
    private readonly LinkConnection _link;
    private readonly PeerGate _gate;
    private readonly CancellationTokenSource _closed = new();
    private readonly Action _end;
    private int _ended;

    private RaftConnection(LinkConnection link, PeerGate gate, EndPoint? local, EndPoint? remote)
    {
        _link = link;
        _gate = gate;
        _end = End;
        ConnectionId = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        LocalEndPoint = local ?? link.Local;
        RemoteEndPoint = remote ?? link.Remote;
        ConnectionClosed = _closed.Token;
        Input = PipeReader.Create(link.Stream, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true, useZeroByteReads: false));
        Output = PipeWriter.Create(link.Stream, new StreamPipeWriterOptions(minimumBufferSize: BufferSize, leaveOpen: true));
        Transport = this;
        Features = new FeatureCollection();
        Items = new Dictionary<object, object?>();
    }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; }

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; }

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Null, and the link is left alone, when the peer is down.</summary>
    public static RaftConnection? TryOpen(LinkConnection link, PeerGate gate, EndPoint? local, EndPoint? remote)
    {
        var connection = new RaftConnection(link, gate, local, remote);
        return gate.TryRegister(connection._end) ? connection : null;
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => End();

    /// <inheritdoc/>
    public override void Abort() => End();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        End();
        return base.DisposeAsync();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        _gate.Unregister(_end);
        _link.Abort();
        // Not disposed: the token has been handed out and nothing but memory hangs on it.
        _closed.Cancel();
    }
}

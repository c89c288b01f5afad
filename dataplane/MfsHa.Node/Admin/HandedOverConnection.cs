using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace MfsHa.Node.Admin;

/// <summary>A connection of one endpoint that another one serves; the first waits for <see cref="Finished"/> and then disposes of it.</summary>
internal sealed class HandedOverConnection : ConnectionContext, IDuplexPipe
{
    /// <summary>
    /// Kestrel forgets what it has not looked at yet when it hears that a connection is closed, and what is wrong with it is lost. It sees the end of the input by
    /// itself; this is for the case that it does not read.
    /// </summary>
    private static readonly TimeSpan _closeDelay = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closed = new();

    private readonly CancellationTokenRegistration _closing;

    private readonly ConnectionContext _inner;

    private readonly WatchedInput _input;

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HandedOverConnection(ConnectionContext inner)
    {
        _inner = inner;
        _input = new WatchedInput(inner.Transport.Input);
        Transport = this;
        ConnectionClosed = _closed.Token;
        _closing = inner.ConnectionClosed.UnsafeRegister(static closed => ((CancellationTokenSource)closed!).CancelAfter(_closeDelay), _closed);
    }

    /// <summary>Ends when the second endpoint is done with it.</summary>
    public Task Finished => _finished.Task;

    /// <summary>True when its peer has ended it inside a frame.</summary>
    public bool IsCutOff => _input.IsCutOff;

    public PipeReader Input => _input;

    public PipeWriter Output => _inner.Transport.Output;

    public override string ConnectionId { get => _inner.ConnectionId; set => _inner.ConnectionId = value; }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items { get => _inner.Items; set => _inner.Items = value; }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get => _inner.LocalEndPoint; set => _inner.LocalEndPoint = value; }

    public override EndPoint? RemoteEndPoint { get => _inner.RemoteEndPoint; set => _inner.RemoteEndPoint = value; }

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        await _closing.DisposeAsync().ConfigureAwait(false);
        _closed.Dispose();
        _finished.TrySetResult();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}

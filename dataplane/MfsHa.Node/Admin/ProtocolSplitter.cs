using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.Node.Admin;

/// <summary>
/// Puts HTTP/1.1 and HTTP/2 without TLS on one port. Kestrel cannot: without TLS's negotiation an endpoint speaks one of the two. So the port is an HTTP/1.1
/// endpoint whose connections are looked at first; those that begin with HTTP/2's preface (RFC 9113, 3.4) are handed to a second endpoint that has
/// no socket of its own and speaks HTTP/2.
/// </summary>
internal sealed class ProtocolSplitter : IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    /// <summary>Connections that may wait to be accepted by the second endpoint.</summary>
    private const int Backlog = 64;

    /// <summary>Enough for any client that means it.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(Backlog);

    private readonly TimeSpan _limit;

    private readonly Action<EndPoint?, string>? _refused;

    private readonly Http2Errors? _errors;

    /// <param name="limit">Time for a connection to say what it speaks.</param>
    /// <param name="refused">Told of connections that began to speak and did not get so far, or stayed silent, or spoke HTTP/2 wrongly.</param>
    /// <param name="errors">What the second endpoint says about its connections.</param>
    public ProtocolSplitter(TimeSpan limit, Action<EndPoint?, string>? refused = null, Http2Errors? errors = null)
    {
        _limit = limit;
        _errors = errors;
        _refused = refused;
    }

    /// <summary>Address of the second endpoint.</summary>
    public EndPoint EndPoint { get; } = new SplitEndPoint();

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Connection middleware of the first endpoint.</summary>
    public ConnectionDelegate Split(ConnectionDelegate http1) => async connection =>
    {
        bool? isHttp2;
        using (var limit = new CancellationTokenSource(_limit))
        {
            // The token of the connection must not end this: what came before the peer closed its half is to be judged.
            (isHttp2, string? flaw) = await JudgeAsync(connection.Transport.Input, limit.Token).ConfigureAwait(false);
            if (flaw is not null)
            {
                _refused?.Invoke(connection.RemoteEndPoint, flaw);
            }
        }

        if (isHttp2 == false)
        {
            await http1(connection).ConfigureAwait(false);
        }
        else if (isHttp2 == true)
        {
            await HandOverAsync(connection).ConfigureAwait(false);
        }
    };

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is SplitEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_accepted.Reader.TryRead(out ConnectionContext? connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private async Task HandOverAsync(ConnectionContext connection)
    {
        await using var handedOver = new HandedOverConnection(connection);
        _errors?.Begin(connection.ConnectionId);
        string? flaw = null;
        try
        {
            await _accepted.Writer.WriteAsync(handedOver).ConfigureAwait(false);
            await handedOver.Finished.ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // This node stops.
        }
        finally
        {
            flaw = _errors?.End(connection.ConnectionId) ?? (handedOver.IsCutOff ? "it ended inside a frame of HTTP/2" : null);
        }

        if (flaw is not null)
        {
            _refused?.Invoke(connection.RemoteEndPoint, flaw);
        }
    }

    // Neither when the connection ended, or said too little for too long, before it could be told; then with what is wrong with it, unless it only
    // connected and went away again, as probes do. Nothing is consumed.
    private async Task<(bool? IsHttp2, string? Flaw)> JudgeAsync(PipeReader input, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                ReadResult result = await input.ReadAsync(cancellation).ConfigureAwait(false);
                bool? verdict = Judge(result.Buffer);
                bool isEnd = result.IsCompleted || result.IsCanceled;
                bool isCutOff = isEnd && verdict is null && !result.Buffer.IsEmpty;
                input.AdvanceTo(result.Buffer.Start, verdict is null && !isEnd ? result.Buffer.End : result.Buffer.Start);
                if (verdict is not null || isEnd)
                {
                    return (verdict, isCutOff ? "it ended inside the preface of HTTP/2" : null);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (null, $"nothing that tells HTTP/1.1 from HTTP/2 within {_limit.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer has reset it, or this node stops.
            return (null, null);
        }
    }

    private static bool? Judge(ReadOnlySequence<byte> start)
    {
        Span<byte> seen = stackalloc byte[Preface.Length];
        int length = (int)Math.Min(start.Length, Preface.Length);
        start.Slice(0, length).CopyTo(seen);
        return !seen[..length].SequenceEqual(Preface[..length]) ? false : length == Preface.Length ? true : null;
    }

    private sealed class SplitEndPoint : EndPoint
    {
        public override string ToString() => "connections handed over";
    }
}

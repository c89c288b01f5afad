using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.Node.Admin;

/// <summary>Stands before TLS: connections that begin with something else are told so in HTTP/1.1, which clients of HTTP/2 know when they see it, and closed.</summary>
internal sealed class TlsOnly(TimeSpan limit, Action<EndPoint?, string> refused)
{
    /// <summary>First byte of TLS: a record with a handshake (RFC 8446, 5.1).</summary>
    private const byte HandshakeRecord = 22;

    private const int MaxIgnoredBytes = 64 * 1024;

    private static readonly TimeSpan _closeLimit = TimeSpan.FromSeconds(1);

    private static readonly byte[] _badRequest =
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 26\r\n\r\nthis port speaks TLS only\n"u8.ToArray();

    /// <summary>Connection middleware.</summary>
    public ConnectionDelegate Require(ConnectionDelegate next) => async connection =>
    {
        bool isTls;
        using (var deadline = new CancellationTokenSource(limit))
        {
            Beginning beginning = await LookAsync(connection.Transport.Input, deadline.Token).ConfigureAwait(false);
            if (beginning == Beginning.Silence)
            {
                refused(connection.RemoteEndPoint, $"no TLS within {limit.TotalSeconds:0} s");
            }

            if (beginning is Beginning.Silence or Beginning.None)
            {
                return;
            }

            isTls = beginning == Beginning.Tls;
        }

        if (isTls)
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        refused(connection.RemoteEndPoint, "it does not speak TLS, and this node wants TLS (MFSHA_TLS_ENABLE)");
        await connection.Transport.Output.WriteAsync(_badRequest).ConfigureAwait(false);
        await WaitForCloseAsync(connection.Transport.Input).ConfigureAwait(false);
    };

    // A reset would overtake the answer: whoever is told may close first.
    private static async Task WaitForCloseAsync(PipeReader input)
    {
        using var deadline = new CancellationTokenSource(_closeLimit);
        try
        {
            for (long left = MaxIgnoredBytes; left > 0;)
            {
                ReadResult result = await input.ReadAsync(deadline.Token).ConfigureAwait(false);
                left -= result.Buffer.Length;
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It is reset, or open for too long: it is closed now.
            return;
        }
    }

    // Nothing is consumed.
    private static async Task<Beginning> LookAsync(PipeReader input, CancellationToken cancellation)
    {
        try
        {
            ReadResult result = await input.ReadAsync(cancellation).ConfigureAwait(false);
            Beginning beginning = Judge(result.Buffer);
            input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
            return beginning;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Beginning.Silence;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return Beginning.None;
        }
    }

    private static Beginning Judge(in ReadOnlySequence<byte> start)
    {
        if (start.IsEmpty)
        {
            return Beginning.None;
        }

        return start.FirstSpan[0] == HandshakeRecord ? Beginning.Tls : Beginning.Other;
    }

    private enum Beginning
    {
        None,
        Silence,
        Tls,
        Other,
    }
}

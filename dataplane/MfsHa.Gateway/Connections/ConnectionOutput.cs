using System.IO.Pipelines;
using MfsHa.NodeLink;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Connections;

/// <summary>Writes one packet.</summary>
public delegate void PacketWrite<in TState>(ref PacketWriter writer, TState state)
    where TState : allows ref struct;

/// <summary>
/// Packets of one connection on their way out: whoever has an answer writes it into a buffer, and what has gathered there is sent in one piece.
/// Thread-safe. Packets keep the order in which they were written.
/// </summary>
internal sealed class ConnectionOutput : IBurstSender
{
    /// <summary>Largest piece handed to the socket at once, so that a huge answer is not copied as a whole.</summary>
    private const int PieceSize = 256 << 10;

    private readonly Lock gate = new();
    private readonly PipeWriter pipe;
    private readonly ConnectionLimits limits;
    private readonly TimeProvider clock;
    private readonly Action<ConnectionEnd> abort;
    private PooledBufferWriter filling = new();
    private PooledBufferWriter sending = new();
    private TaskCompletionSource? roomAwaited;
    private TaskCompletionSource? emptyAwaited;
    private int unsent;
    private bool isSending;
    private bool isHeld;
    private bool isClosed;
    private long lastWrite;
    private long written;

    public ConnectionOutput(PipeWriter pipe, ConnectionLimits limits, TimeProvider clock, Action<ConnectionEnd> abort)
    {
        this.pipe = pipe;
        this.limits = limits;
        this.clock = clock;
        this.abort = abort;
        lastWrite = clock.GetTimestamp();
    }

    /// <summary>True when so much is unsent that no more requests should be read.</summary>
    public bool IsFull => Volatile.Read(ref unsent) > limits.UnsentHighWater;

    /// <summary>Time since the last packet was written; zero while something is unsent.</summary>
    public TimeSpan Idle => Volatile.Read(ref unsent) > 0 ? TimeSpan.Zero : clock.GetElapsedTime(Volatile.Read(ref lastWrite));

    /// <summary>Writes packets; does nothing on a closed connection.</summary>
    /// <param name="state">What <paramref name="write"/> needs.</param>
    /// <param name="write">Writes them.</param>
    /// <param name="noted">Told the message id and at which byte of everything written the packets end, before any of them can reach the peer. Not told when they are not sent.</param>
    /// <param name="messageId">For <paramref name="noted"/>.</param>
    public void Write<TState>(TState state, PacketWrite<TState> write, Action<uint, long>? noted = null, uint messageId = 0)
        where TState : allows ref struct
    {
        bool send;
        lock (gate)
        {
            if (isClosed)
            {
                return;
            }

            if (unsent > limits.UnsentLimit)
            {
                isClosed = true;
                send = false;
            }
            else
            {
                var before = filling.Count;
                var writer = new PacketWriter(filling);
                write(ref writer, state);
                unsent += filling.Count - before;
                written += filling.Count - before;
                noted?.Invoke(messageId, written);
                lastWrite = clock.GetTimestamp();
                send = !isHeld && !isSending;
                isSending |= send;
            }
        }

        if (send)
        {
            if (!SendBurst.TryDefer(this))
            {
                _ = SendAsync();
            }
        }
        else if (isClosed)
        {
            abort(new ConnectionEnd(EndKind.Overloaded, $"more than {limits.UnsentLimit} bytes of answers are unsent"));
        }
    }

    /// <summary>Gathers packets until <see cref="Release"/>: the reading side holds while it works through what one read has brought.</summary>
    public void Hold()
    {
        lock (gate)
        {
            isHeld = true;
        }
    }

    /// <summary>Sends what has gathered.</summary>
    public void Release()
    {
        bool send;
        lock (gate)
        {
            isHeld = false;
            send = !isSending && !isClosed && filling.Count > 0;
            isSending |= send;
        }

        if (send && !SendBurst.TryDefer(this))
        {
            _ = SendAsync();
        }
    }

    void IBurstSender.SendGathered() => _ = SendAsync();

    /// <summary>Completes when there is room for answers to more requests, or the connection is closed.</summary>
    public Task WaitForRoomAsync()
    {
        lock (gate)
        {
            if (isClosed || !IsFull)
            {
                return Task.CompletedTask;
            }

            roomAwaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return roomAwaited.Task;
        }
    }

    /// <summary>Completes when everything written so far was handed to the socket, or the connection is closed.</summary>
    public Task WaitUntilSentAsync()
    {
        lock (gate)
        {
            if (isClosed || unsent == 0)
            {
                return Task.CompletedTask;
            }

            emptyAwaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return emptyAwaited.Task;
        }
    }

    /// <summary>Nothing is written any more; whoever waits goes on.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            if (!isSending)
            {
                filling.Clear();
                sending.Clear();
            }

            roomAwaited?.TrySetResult();
            emptyAwaited?.TrySetResult();
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (Swap())
            {
                for (var piece = sending.Written; !piece.IsEmpty; piece = piece[Math.Min(piece.Length, PieceSize)..])
                {
                    var sent = await pipe.WriteAsync(piece[..Math.Min(piece.Length, PieceSize)]).ConfigureAwait(false);
                    if (sent.IsCompleted || sent.IsCanceled)
                    {
                        Stop(new ConnectionEnd(EndKind.PeerLost, "the peer has closed the connection"));
                        return;
                    }
                }

                NoteSent();
            }
        }
        catch (Exception e)
        {
            // The only callee is the transport: it throws when the connection is gone.
            Stop(new ConnectionEnd(EndKind.PeerLost, e.Message));
        }
    }

    private bool Swap()
    {
        lock (gate)
        {
            if (isClosed || isHeld || filling.Count == 0)
            {
                isSending = false;
                if (isClosed)
                {
                    filling.Clear();
                    sending.Clear();
                }

                return false;
            }

            (filling, sending) = (sending, filling);
            return true;
        }
    }

    private void NoteSent()
    {
        lock (gate)
        {
            unsent -= sending.Count;
            sending.Clear();
            if (!IsFull)
            {
                roomAwaited?.TrySetResult();
                roomAwaited = null;
            }

            if (unsent == 0)
            {
                emptyAwaited?.TrySetResult();
                emptyAwaited = null;
            }
        }
    }

    private void Stop(ConnectionEnd end)
    {
        lock (gate)
        {
            isSending = false;
        }

        Close();
        abort(end);
    }
}

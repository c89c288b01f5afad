using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace MfsHa.Gateway.Connections;

/// <summary>
/// One connection that carries MooseFS packets: reads and cuts them, hands them on in order, writes answers, watches over silence and deadlines,
/// and ends exactly once, for one reason.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has neither timer nor wait handle, and its token outlives the connection.")]
public abstract class FrameConnection
{
    /// <summary>How long the last answer may take to reach the peer when a connection is closed in good order.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(2);

    private readonly ConnectionContext transport;
    private readonly ConnectionLimits limits;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource closing = new();
    private readonly ConnectionOutput output;
    private readonly RequestWindow window;
    private readonly Socket? socket;
    private ConnectionEnd? end;
    private long lastReceived;
    private volatile bool isPaused;

    /// <summary>Takes over a connection; <see cref="RunAsync"/> serves it.</summary>
    protected FrameConnection(ConnectionContext transport, ConnectionLimits limits, TimeProvider clock)
    {
        this.transport = transport;
        this.limits = limits;
        this.clock = clock;
        output = new ConnectionOutput(transport.Transport.Output, limits, clock, End);
        socket = transport.Features.Get<IConnectionSocketFeature>()?.Socket;
        window = new RequestWindow(limits.RequestsInWork);
        lastReceived = clock.GetTimestamp();
        Closing = closing.Token;
        RemoteEndPoint = transport.RemoteEndPoint;
        PeerAddress = AddressOf(RemoteEndPoint);
    }

    /// <summary>Cancelled when the connection ends.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Where the peer is.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>The peer's IPv4 address, first octet in the high byte; 0 if it has none.</summary>
    public uint PeerAddress { get; }

    /// <summary>Why the connection ended; null while it lasts.</summary>
    public ConnectionEnd? EndReason => Volatile.Read(ref end);

    /// <summary>Largest payload of a packet that is accepted now. Asked before any memory is taken for it.</summary>
    protected abstract int MaxLengthOf(PacketType type);

    /// <summary>How long the peer may be silent, if that is another time than the limits say.</summary>
    protected virtual TimeSpan? SilenceInForce => null;

    /// <summary>True when keep-alives may be sent now.</summary>
    protected abstract bool TakesKeepAlive { get; }

    /// <summary>The clock of the connection.</summary>
    protected TimeProvider Clock => clock;

    internal RequestWindow Window => window;

    /// <summary>Serves the connection to its end, until nothing of it is in work any more.</summary>
    public async Task RunAsync(CancellationToken shutdown)
    {
        using (transport.ConnectionClosed.UnsafeRegister(static c => ((FrameConnection)c!).OnPeerClosed(), this))
        using (shutdown.UnsafeRegister(static c => ((FrameConnection)c!).End(new(EndKind.Shutdown, "this node stops")), this))
        {
            try
            {
                await ReadFramesAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (Closing.IsCancellationRequested)
            {
                // The end is noted already.
            }
            catch (MalformedPacketException e)
            {
                End(new(EndKind.Malformed, e.Message));
            }
            catch (TimeoutException e)
            {
                End(new(EndKind.Undecided, e.Message));
            }
            catch (Exception e) when (e is IOException or ConnectionAbortedException or ConnectionResetException)
            {
                End(new(EndKind.PeerLost, e.Message));
            }
            catch (Exception e)
            {
                End(new(EndKind.Failed, e.Message, e));
            }

            End(new(EndKind.PeerClosed, "the peer has closed the connection"));
            await window.WaitUntilEmptyAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the connection; only the first reason counts. Never blocks.</summary>
    public void End(ConnectionEnd reason)
    {
        if (Interlocked.CompareExchange(ref end, reason, null) is not null)
        {
            return;
        }

        output.Close();
        OnEnding(reason.Kind);
        _ = closing.CancelAsync();
        transport.Transport.Input.CancelPendingRead();
        transport.Transport.Output.CancelPendingFlush();
        transport.Abort(new ConnectionAbortedException(reason.Reason));
    }

    /// <summary>Ends the connection after everything written so far has left.</summary>
    public async Task EndAfterSendingAsync(ConnectionEnd reason)
    {
        using var farewell = CancellationTokenSource.CreateLinkedTokenSource(Closing);
        farewell.CancelAfter(FarewellTime);
        try
        {
            await output.WaitUntilSentAsync().WaitAsync(farewell.Token).ConfigureAwait(false);

            // The transport closes the socket when it has sent what it holds.
            await transport.Transport.Output.CompleteAsync().ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, farewell.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Sent and closed by the peer, or it does not read: both ways it is over.
        }

        End(reason);
    }

    /// <summary>Called about four times a second: keeps the connection alive or finds it dead.</summary>
    /// <param name="stall">How long this process did not run since the last call: nobody else is to blame for it.</param>
    internal void Tick(TimeSpan stall)
    {
        if (stall > TimeSpan.Zero)
        {
            Interlocked.Add(ref lastReceived, (long)(stall.TotalSeconds * clock.TimestampFrequency));
        }

        if (!isPaused && clock.GetElapsedTime(Volatile.Read(ref lastReceived)) > (SilenceInForce ?? limits.Silence))
        {
            End(new(EndKind.Silent, $"nothing received for {(SilenceInForce ?? limits.Silence).TotalSeconds:0} s"));
            return;
        }

        var second = Second;
        if (window.Open > 0 && stall <= TimeSpan.Zero && window.HasOlder(second - (long)limits.RequestDeadline.TotalSeconds, second))
        {
            End(new(EndKind.Undecided, $"a request was not decided within {limits.RequestDeadline.TotalSeconds:0} s"));
            return;
        }

        if (TakesKeepAlive && output.Idle > limits.KeepAlive)
        {
            WriteKeepAlive();
        }

        OnTick();
    }

    /// <summary>Writes packets; from any thread.</summary>
    protected internal void Write<TState>(TState state, PacketWrite<TState> write)
        where TState : allows ref struct => output.Write(state, write);

    /// <summary>
    /// Writes the answer to a request; from any thread. Before its bytes can leave, <paramref name="noted"/> is told the message id and at which byte of everything written they end, to be
    /// compared with <see cref="BytesArrived"/>: a client that has the answer may use the message id again at once.
    /// </summary>
    protected void Write<TState>(TState state, PacketWrite<TState> write, Action<uint, long> noted, uint messageId)
        where TState : allows ref struct => output.Write(state, write, noted, messageId);

    /// <summary>How many of the bytes written the peer's host has acknowledged.</summary>
    protected internal long BytesArrived() => AcknowledgedBytes.Of(socket);

    /// <summary>Grows whenever the peer has sent something: packets with the same number came together.</summary>
    protected long Reads { get; private set; }

    /// <summary>Begins a request; its age counts from now. What is returned goes to <see cref="EndRequest"/>.</summary>
    protected internal int BeginRequest() => window.Begin(Second);

    /// <summary>
    /// Takes a request that waits for other clients out of the room and the ages of the others. Returns what goes to <see cref="EndRequest"/>;
    /// null when too many wait: then nothing has changed.
    /// </summary>
    protected internal int? ParkRequest(int place) => window.Park(place);

    /// <summary>Ends a request.</summary>
    protected internal void EndRequest(int place) => window.End(place);

    /// <summary>
    /// Takes a packet. Packets come one after the other; the next one comes when the returned task is complete. The payload is valid until then.
    /// </summary>
    /// <exception cref="MalformedPacketException">The packet is none, or not one for this place.</exception>
    protected abstract ValueTask OnFrameAsync(PacketType type, ReadOnlyMemory<byte> payload);

    /// <summary>Writes a keep-alive in the form that the peer knows.</summary>
    protected abstract void WriteKeepAlive();

    /// <summary>Called about four times a second. Never blocks.</summary>
    protected virtual void OnTick()
    {
    }

    /// <summary>Called once when the connection ends, from any thread. Never blocks.</summary>
    protected virtual void OnEnding(EndKind kind)
    {
    }

    /// <summary>Called once, after <see cref="RunAsync"/>.</summary>
    protected internal abstract Task OnEndedAsync();

    private long Second => clock.GetTimestamp() / clock.TimestampFrequency;

    private static uint AddressOf(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address })
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork && plain.TryWriteBytes(bytes, out _) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : 0;
    }

    private async Task ReadFramesAsync()
    {
        var input = transport.Transport.Input;
        var share = new ThreadShare();
        while (true)
        {
            var read = await input.ReadAsync(Closing).ConfigureAwait(false);
            if (share.IsUsedUp())
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            Volatile.Write(ref lastReceived, clock.GetTimestamp());
            Reads++;
            var rest = read.Buffer;
            output.Hold();
            try
            {
                while (TakeBurst(ref rest) is { } waiting)
                {
                    await waiting.ConfigureAwait(false);
                }
            }
            finally
            {
                output.Release();
            }

            input.AdvanceTo(rest.Start, rest.End);
            share.Rest();
            if (read.IsCompleted && !rest.IsEmpty)
            {
                End(new(EndKind.Malformed, $"the peer closed the connection inside a packet, after {rest.Length} bytes of it"));
            }

            if (read.IsCompleted || read.IsCanceled)
            {
                return;
            }
        }
    }

    /// <summary>Takes packets until there is none any more (null), or one that needs time.</summary>
    private ValueTask? TakeBurst(ref ReadOnlySequence<byte> rest)
    {
        using var burst = SendBurst.Begin();
        while (!Closing.IsCancellationRequested && TryCut(ref rest, out var type, out var payload))
        {
            var taken = TakeAsync(type, payload);
            if (!taken.IsCompletedSuccessfully)
            {
                return taken;
            }
        }

        return null;
    }

    /// <summary>Nobody waits for the answers any more. Outside of a pause the reading side finds out by itself, and whether a packet was cut off.</summary>
    private void OnPeerClosed()
    {
        if (isPaused)
        {
            End(new(EndKind.PeerLost, "the peer has closed the connection"));
        }
    }

    private bool TryCut(ref ReadOnlySequence<byte> rest, out PacketType type, out ReadOnlySequence<byte> payload)
    {
        if (rest.Length < PacketHeader.Size)
        {
            (type, payload) = (default, default);
            return false;
        }

        Span<byte> first = stackalloc byte[sizeof(uint)];
        rest.Slice(0, sizeof(uint)).CopyTo(first);
        return FrameParser.TryReadFrame(ref rest, MaxLengthOf((PacketType)BinaryPrimitives.ReadUInt32BigEndian(first)), out type, out payload);
    }

    private ValueTask TakeAsync(PacketType type, in ReadOnlySequence<byte> payload)
    {
        var contiguous = ContiguousPayload.Of(payload);
        var isDone = false;
        try
        {
            var taken = OnFrameAsync(type, contiguous.Memory);
            if (taken.IsFaulted)
            {
                // No pause: that the peer has closed its half meanwhile must not become the reason of the end.
                isDone = true;
                return taken;
            }

            isDone = taken.IsCompletedSuccessfully && !window.IsFull && !output.IsFull;
            return isDone ? ValueTask.CompletedTask : WaitAsync(taken, contiguous);
        }
        finally
        {
            if (isDone)
            {
                contiguous.Dispose();
            }
        }
    }

    /// <summary>Waits for a packet that needs time, and for room for the next one. The socket's own buffer goes on filling meanwhile.</summary>
    private async ValueTask WaitAsync(ValueTask taken, ContiguousPayload payload)
    {
        output.Release();
        isPaused = true;
        if (transport.ConnectionClosed.IsCancellationRequested)
        {
            // Told before the pause began.
            OnPeerClosed();
        }

        try
        {
            await taken.ConfigureAwait(false);
            await window.WaitForRoomAsync().WaitAsync(Closing).ConfigureAwait(false);
            await output.WaitForRoomAsync().WaitAsync(Closing).ConfigureAwait(false);
        }
        finally
        {
            payload.Dispose();
            Volatile.Write(ref lastReceived, clock.GetTimestamp());
            isPaused = false;
            output.Hold();
        }
    }
}

using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.Bench.Raw;

/// <summary>
/// A registered client that speaks packets itself: what is measured with it is the service, not mfsmount. One message id has at
/// most one request in flight, as in a real client. For one caller at a time.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    private const int ReceiveSize = 256 << 10;

    private static readonly uint[] RootGroups = [0];

    private readonly Socket socket;
    private readonly ArrayBufferWriter<byte> output = new(64 << 10);
    private byte[] input = new byte[ReceiveSize];
    private int filled;

    private RawConnection(Socket socket, PeerVersion version)
    {
        this.socket = socket;
        Version = version;
    }

    /// <summary>Who asks in every request: root.</summary>
    public static Credentials Root { get; } = new(0, RootGroups);

    /// <summary>The version that this client pretends to have; decides over the shape of replies.</summary>
    public PeerVersion Version { get; }

    /// <summary>Connects from one host to a service on another and opens a session on the whole file system.</summary>
    public static async Task<RawConnection> OpenAsync(Host from, Host to, PeerVersion version, CancellationToken cancellation)
    {
        var connection = new RawConnection(
            await from.ConnectAsync(new IPEndPoint(to.Address, MooseFsPorts.Client), cancellation), version);
        try
        {
            await connection.RegisterAsync(cancellation);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>One request with message id 1, and its answer.</summary>
    /// <exception cref="RefusedException">The answer is an error.</exception>
    public async Task<TReply> CallAsync<TRequest, TReply>(TRequest request, CancellationToken cancellation)
        where TRequest : struct, IClientRequest<TRequest>
        where TReply : struct, IClientReply<TReply>
    {
        var pump = new SingleCall<TRequest, TReply>(request, Version);
        await RunAsync(pump, window: 1, Timeout.InfiniteTimeSpan, cancellation);
        return pump.Reply;
    }

    /// <summary>Keeps <paramref name="window"/> requests of a load in flight until the time is over or the load has no more.</summary>
    /// <returns>The number of requests answered.</returns>
    /// <exception cref="RefusedException">An answer is an error.</exception>
    public async Task<long> RunAsync(RawLoad load, int window, TimeSpan duration, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var inFlight = 0;
        for (var slot = 0; slot < window && TryWriteNext(load, slot); slot++)
        {
            inFlight++;
        }
        long answered = 0;
        while (inFlight > 0)
        {
            await FlushAsync(cancellation);
            await ReceiveAsync(cancellation);
            var more = duration == Timeout.InfiniteTimeSpan || clock.Elapsed < duration;
            var (replies, requests) = TakeReplies(load, more);
            answered += replies;
            inFlight += requests - replies;
        }
        return answered;
    }

    private async Task RegisterAsync(CancellationToken cancellation)
    {
        WriteRegister();
        await FlushAsync(cancellation);
        (PacketType Type, byte[] Payload) packet;
        while (!TryTakePacket(out packet))
        {
            await ReceiveAsync(cancellation);
        }
        if (packet.Type != PacketType.RegisterReply || packet.Payload.Length <= sizeof(uint))
        {
            // A bare status, or an address to go to.
            throw new RefusedException($"registration answered by {packet.Type} of {packet.Payload.Length} bytes");
        }
    }

    private void WriteRegister()
    {
        var writer = new PacketWriter(output);
        new NewSessionRegister(Version, "/bench\0"u8.ToArray(), "/"u8.ToArray(), null, null).Write(ref writer);
    }

    private bool TryWriteNext(RawLoad load, int slot)
    {
        var writer = new PacketWriter(output);
        return load.TryWriteNext(ref writer, slot, MessageIdOf(slot));
    }

    private static uint MessageIdOf(int slot) => (uint)slot + 1;

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        for (var rest = output.WrittenMemory; !rest.IsEmpty;)
        {
            rest = rest[await socket.SendAsync(rest, cancellation)..];
        }
        output.ResetWrittenCount();
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellation)
    {
        if (filled == input.Length)
        {
            Array.Resize(ref input, input.Length * 2);
        }
        var received = await socket.ReceiveAsync(input.AsMemory(filled), cancellation);
        filled += received > 0 ? received : throw new EndOfStreamException("the service closed the connection");
    }

    private (int Replies, int Requests) TakeReplies(RawLoad load, bool more)
    {
        int replies = 0, requests = 0;
        var rest = new ReadOnlySequence<byte>(input, 0, filled);
        while (FrameParser.TryReadFrame(ref rest, FrameLimits.FromClient, out var type, out var payload))
        {
            var reader = new PacketReader(payload.First);
            var messageId = type is PacketType.Nop ? 0 : reader.U32();
            if (messageId == 0)
            {
                // A keep-alive or something that is told to every client.
                continue;
            }
            replies++;
            var slot = (int)messageId - 1;
            if (StatusReply.TryRead(payload.FirstSpan, out var status))
            {
                load.Answered(slot, status);
            }
            else
            {
                load.Answered(slot, ref reader);
            }
            if (more && TryWriteNext(load, slot))
            {
                requests++;
            }
        }
        Keep(rest);
        return (replies, requests);
    }

    private bool TryTakePacket(out (PacketType Type, byte[] Payload) packet)
    {
        var rest = new ReadOnlySequence<byte>(input, 0, filled);
        var found = FrameParser.TryReadFrame(ref rest, FrameLimits.FromClient, out var type, out var payload);
        packet = (type, found ? payload.ToArray() : []);
        Keep(rest);
        return found;
    }

    // What is not complete yet moves to the front.
    private void Keep(in ReadOnlySequence<byte> rest)
    {
        rest.FirstSpan.CopyTo(input);
        filled = (int)rest.Length;
    }

    private sealed class SingleCall<TRequest, TReply>(TRequest request, PeerVersion version) : RawLoad
        where TRequest : struct, IClientRequest<TRequest>
        where TReply : struct, IClientReply<TReply>
    {
        private bool sent;

        public TReply Reply { get; private set; }

        public override bool TryWriteNext(ref PacketWriter writer, int slot, uint messageId)
        {
            if (sent)
            {
                return false;
            }
            sent = true;
            request.Write(ref writer, messageId);
            return true;
        }

        public override void Answered(int slot, ref PacketReader body) => Reply = TReply.Parse(ref body, version);
    }
}

using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Metadata.Tests.Differential;

/// <summary>One session of a client 4.56.6 at a master: sends a request and waits for its answer.</summary>
internal sealed class WireConnection : IDisposable
{
    public static readonly PeerVersion Version = new(4, 56, 6);

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private uint message;

    public WireConnection(IPAddress from, int port, string path)
        : this(from, port, new NewSessionRegister(Version, "/mnt/test\0"u8.ToArray(), Encoding.UTF8.GetBytes(path), null, null), out var payload)
    {
        var reader = new PacketReader(payload.AsMemory());
        Session = RegisterReply.ParseSession(ref reader, Version);
    }

    private WireConnection(IPAddress from, int port, RegisterRequest register, out byte[] payload)
    {
        Session = null!;
        socket.NoDelay = true;
        socket.ReceiveTimeout = 10_000;
        socket.Bind(new IPEndPoint(from, 0));
        socket.Connect(IPAddress.Loopback, port);
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(buffer);
        register.Write(ref writer);
        Send(buffer);
        (_, payload) = Receive();
        if (RegisterReply.TryReadStatus(payload, out var status))
        {
            throw new InvalidOperationException($"the session from {from} is refused: {status}");
        }
    }

    /// <summary>A session on trash and sustained files.</summary>
    public static WireConnection Meta(IPAddress from, int port) =>
        new(from, port, new NewMetaSessionRegister(Version, "/mnt/meta\0"u8.ToArray(), null, null), out _);

    /// <summary>What was granted; nothing for a session on trash and sustained files.</summary>
    public SessionParameters Session { get; }

    /// <summary>Sends a request; null in the result's place means that only a status came.</summary>
    public (StatusCode Status, TReply? Reply) Ask<TRequest, TReply>(TRequest request)
        where TRequest : IClientRequest<TRequest>
        where TReply : struct, IClientReply<TReply>
    {
        var payload = Exchange(request);
        if (Protocol.Client.StatusReply.TryRead(payload, out var status))
        {
            return (status, null);
        }

        var reader = new PacketReader(payload.AsMemory(PacketHeader.MessageIdSize));
        return (StatusCode.Ok, TReply.Parse(ref reader, Version));
    }

    /// <summary>Sends a request and returns the whole payload of its answer.</summary>
    public byte[] Exchange<TRequest>(TRequest request)
        where TRequest : IClientRequest<TRequest>
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(buffer);
        var id = ++message;
        request.Write(ref writer, id);
        Send(buffer);
        while (true)
        {
            var (type, payload) = Receive();
            if (payload.Length >= PacketHeader.MessageIdSize && new PacketReader(payload.AsMemory()).U32() == id)
            {
                Assert.Equal(PacketTypes.ReplyOf(TRequest.Type), type);
                return payload;
            }
        }
    }

    public void Send(ArrayBufferWriter<byte> packet)
    {
        for (var rest = packet.WrittenSpan; !rest.IsEmpty;)
        {
            rest = rest[socket.Send(rest)..];
        }
    }

    public void Dispose() => socket.Dispose();

    private (PacketType Type, byte[] Payload) Receive()
    {
        var header = new byte[PacketHeader.Size];
        Fill(header);
        var reader = new PacketReader(header.AsMemory());
        var type = (PacketType)reader.U32();
        var payload = new byte[reader.U32()];
        Fill(payload);
        return (type, payload);
    }

    private void Fill(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            var count = socket.Receive(target);
            if (count == 0)
            {
                throw new IOException("the master has closed the connection");
            }

            target = target[count..];
        }
    }
}

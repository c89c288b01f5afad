using System.Buffers;
using System.Net;
using System.Net.Sockets;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Gateway.Tests.Support;

/// <summary>Plays the client's part on a socket, packet by packet.</summary>
internal sealed class WireClient : IDisposable
{
    public static readonly PeerVersion Version3 = new(3, 0, 117);
    public static readonly PeerVersion Version4 = new(4, 56, 6);

    private readonly TcpClient socket = new();
    private readonly ArrayBufferWriter<byte> output = new();

    public PeerVersion Version { get; set; } = Version4;

    public uint SessionId { get; private set; }

    public SessionParameters? Session { get; private set; }

    public NetworkStream Stream => socket.GetStream();

    public Socket Socket => socket.Client;

    public static async Task<WireClient> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new WireClient();
        await client.socket.ConnectAsync(endPoint, TestContext.Current.CancellationToken);
        return client;
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Opens a session.</summary>
    public async Task<WireClient> RegisterAsync(PeerVersion? version = null, string path = "/")
    {
        Version = version ?? Version;
        await SendAsync(new NewSessionRegister(Version, "/mnt/test\0"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(path), null, null).Write);
        var frame = await ReadAsync();
        Assert.Equal(PacketType.RegisterReply, frame.Type);
        var reader = new PacketReader(frame.Payload.AsMemory());
        Session = RegisterReply.ParseSession(ref reader, Version);
        SessionId = Session.SessionId;
        return this;
    }

    /// <summary>Goes on with a session.</summary>
    public async Task<StatusCode> ReconnectAsync(uint session, PeerVersion? version = null, ulong? metaId = TestCluster.MetaId)
    {
        Version = version ?? Version;
        SessionId = session;
        await SendAsync(new ReconnectRegister(session, Version, metaId).Write);
        var frame = await ReadAsync();
        Assert.Equal(PacketType.RegisterReply, frame.Type);
        var reader = new PacketReader(frame.Payload.AsMemory());
        return RegisterReply.ParseReconnect(ref reader, Version).Status;
    }

    public delegate void WritePacket(ref PacketWriter writer);

    public async Task SendAsync(WritePacket write)
    {
        Write(write);
        await Stream.WriteAsync(output.WrittenMemory, TestContext.Current.CancellationToken);
    }

    public Task SendAsync<TRequest>(TRequest request, uint messageId)
        where TRequest : IClientRequest<TRequest> => SendAsync((ref writer) => request.Write(ref writer, messageId));

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>The next packet that is no keep-alive.</summary>
    public async Task<Frame> ReadAsync()
    {
        while (true)
        {
            var frame = await ReadAnyAsync() ?? throw new EndOfStreamException("the server has closed the connection");
            if (frame.Type != PacketType.Nop)
            {
                return frame;
            }
        }
    }

    /// <summary>The next packet; null when the server has closed the connection.</summary>
    public async Task<Frame?> ReadAnyAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var header = new byte[8];
        try
        {
            if (await Stream.ReadAtLeastAsync(header, 8, throwOnEndOfStream: false, limit.Token) < 8)
            {
                return null;
            }

            var parsed = PacketHeader.Read(header);
            var payload = new byte[parsed.Length];
            await Stream.ReadExactlyAsync(payload, limit.Token);
            return new Frame(parsed.Type, payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Sends a request and reads its answer.</summary>
    public async Task<TReply> CallAsync<TRequest, TReply>(TRequest request, uint messageId = 1)
        where TRequest : IClientRequest<TRequest>
        where TReply : IClientReply<TReply>
    {
        await SendAsync(request, messageId);
        var frame = await ReadAsync();
        Assert.Equal(PacketTypes.ReplyOf(TRequest.Type), frame.Type);
        Assert.False(StatusReply.TryRead(frame.Payload, out var status), $"status {status}");
        return Parse<TReply>(frame, messageId);
    }

    /// <summary>Sends a request and reads its status.</summary>
    public async Task<StatusCode> StatusAsync<TRequest>(TRequest request, uint messageId = 1)
        where TRequest : IClientRequest<TRequest>
    {
        await SendAsync(request, messageId);
        var frame = await ReadAsync();
        Assert.Equal(PacketTypes.ReplyOf(TRequest.Type), frame.Type);
        Assert.True(StatusReply.TryRead(frame.Payload, out var status), $"{frame.Payload.Length} bytes of data");
        return status;
    }

    public TReply Parse<TReply>(Frame frame, uint messageId)
        where TReply : IClientReply<TReply>
    {
        var reader = new PacketReader(frame.Payload.AsMemory());
        Assert.Equal(messageId, reader.U32());
        return TReply.Parse(ref reader, Version);
    }

    private void Write(WritePacket write)
    {
        output.Clear();
        var writer = new PacketWriter(output);
        write(ref writer);
    }
}

/// <summary>A packet as it came.</summary>
internal sealed record Frame(PacketType Type, byte[] Payload);

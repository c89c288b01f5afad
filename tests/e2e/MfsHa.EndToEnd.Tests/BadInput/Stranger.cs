using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MfsHa.Protocol;
using MfsHa.Protocol.Framing;

namespace MfsHa.EndToEnd.Tests.BadInput;

/// <summary>A connection to a node that does as it likes.</summary>
internal sealed class Stranger(Socket socket) : IDisposable
{
    private const int ReceiveSize = 64 << 10;

    public delegate void PacketWrite(ref PacketWriter writer);

    /// <summary>How the node's log names this connection.</summary>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{socket.LocalEndPoint}");

    public static async Task<Stranger> ConnectAsync(Host from, Host to, int port, CancellationToken cancellation)
        => new(await from.ConnectAsync(new IPEndPoint(to.Address, port), cancellation));

    /// <summary>A MooseFS packet: type and length, then the payload.</summary>
    public static byte[] Packet(uint type, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, type);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)payload.Length);
        payload.CopyTo(bytes.AsSpan(8));
        return bytes;
    }

    /// <summary>Sends; that the node has closed the connection meanwhile is no failure of the test.</summary>
    /// <returns>False if it has.</returns>
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            for (var rest = bytes; !rest.IsEmpty;)
            {
                rest = rest[await socket.SendAsync(rest, cancellation)..];
            }
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public Task<bool> TrySendAsync(PacketWrite write, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new PacketWriter(buffer);
        write(ref writer);
        return TrySendAsync(buffer.WrittenMemory, cancellation);
    }

    /// <summary>Nothing more comes from here; the other direction stays open.</summary>
    public void CloseHalf()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The node was faster.
            return;
        }
    }

    /// <summary>Goes without a farewell, as many probes of ports do.</summary>
    public void Reset() => socket.Close(0);

    /// <summary>Reads until the node has sent a packet of the type.</summary>
    public async Task<byte[]> ReadUntilAsync(PacketType type, CancellationToken cancellation)
    {
        var received = new ArrayBufferWriter<byte>();
        while (true)
        {
            var rest = new ReadOnlySequence<byte>(received.WrittenMemory);
            while (FrameParser.TryReadFrame(ref rest, FrameLimits.FromClient, out var found, out var payload))
            {
                if (found == type)
                {
                    return payload.ToArray();
                }
            }
            var count = await socket.ReceiveAsync(received.GetMemory(ReceiveSize), cancellation);
            received.Advance(count > 0 ? count : throw new EndOfStreamException($"closed before {type}"));
        }
    }

    /// <summary>Takes what the node sends until it closes the connection.</summary>
    /// <exception cref="TimeoutException">It did not.</exception>
    public async Task WaitForCloseAsync(TimeSpan limit, CancellationToken cancellation)
    {
        if (!await ClosesAsync(limit, cancellation))
        {
            throw new TimeoutException($"{Name}: not closed within {limit.TotalSeconds:0.#} s");
        }
    }

    /// <summary>Whether the node closes the connection within the limit.</summary>
    public async Task<bool> ClosesAsync(TimeSpan limit, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(limit);
        var buffer = new byte[ReceiveSize];
        try
        {
            while (await socket.ReceiveAsync(buffer, limited.Token) > 0)
            {
                // Answers and keep-alives.
            }
            return true;
        }
        catch (SocketException)
        {
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => socket.Dispose();
}

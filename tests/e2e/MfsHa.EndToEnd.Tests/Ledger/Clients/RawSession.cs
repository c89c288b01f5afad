using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Ledger.Clients;

/// <summary>
/// A client's session that speaks packets itself. When a connection breaks or is silent, it goes on with the session at the next node and
/// sends the unanswered request again, byte for byte, as mfsmount does behind an address that always leads to a living node. One request is in flight at a time.
/// </summary>
internal sealed class RawSession(Host from, IReadOnlyList<Host> nodes, int first, Random random) : IDisposable
{
    /// <summary>Real clients have one message id per thread; which thread asks next is chance.</summary>
    private const int MessageIds = 4;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>mfsmount gives up after about 130 s.</summary>
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(120);

    private static readonly PeerVersion Version = new(4, 56, 6);

    private readonly SemaphoreSlim turn = new(1);
    private readonly ArrayBufferWriter<byte> output = new();
    private readonly byte[] input = new byte[1 << 20];
    private int filled;
    private Socket? socket;
    private int current = first;
    private (uint Id, ulong MetaId)? session;

    /// <summary>Silence after which another node is asked: longer than an election.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Part of the calls whose connection is dropped between request and answer, 0..1.</summary>
    public double Restlessness { get; init; }

    /// <summary>The node asked last, as an index.</summary>
    public int Current => current % nodes.Count;

    /// <summary>How often the session went on over a new connection.</summary>
    public int Reconnects { get; private set; }

    /// <summary>Sends a request until it is answered.</summary>
    /// <returns>The answer's status, and with <see cref="StatusCode.Ok"/> its data if it has some.</returns>
    /// <exception cref="TimeoutException">No node answered within the time after which mfsmount gives up: the outcome is unknown.</exception>
    /// <exception cref="SessionLostException">A node refused to go on with the session.</exception>
    public async Task<(StatusCode Status, PacketReaderSource Body)> CallAsync<TRequest>(TRequest request, CancellationToken cancellation)
        where TRequest : IClientRequest<TRequest>
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await CallAloneAsync(request, cancellation).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        socket?.Dispose();
        turn.Dispose();
    }

    private delegate void WritePacket(ref PacketWriter writer);

    private async Task<(StatusCode Status, PacketReaderSource Body)> CallAloneAsync<TRequest>(TRequest request, CancellationToken cancellation)
        where TRequest : IClientRequest<TRequest>
    {
        var messageId = (uint)random.Next(1, MessageIds + 1);
        var bytes = Packet((ref writer) => request.Write(ref writer, messageId));
        var leaves = random.NextDouble() < Restlessness;
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var link = socket ??= await ConnectAsync(cancellation).ConfigureAwait(false);
                await SendAsync(link, bytes, cancellation).ConfigureAwait(false);
                if (leaves)
                {
                    leaves = false;
                    await Task.Delay(random.Next(4), cancellation).ConfigureAwait(false);
                    GoOn();
                    continue;
                }
                var payload = await ReceiveAsync(link, messageId, cancellation).ConfigureAwait(false);
                return StatusReply.TryRead(payload, out var status) ? (status, new PacketReaderSource([])) : (StatusCode.Ok, new PacketReaderSource(payload));
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                GoOn();
                if (clock.Elapsed > CallLimit)
                {
                    throw new TimeoutException($"{typeof(TRequest).Name}: no answer within {CallLimit.TotalSeconds:0} s", e);
                }
                await Task.Delay(Pause, cancellation).ConfigureAwait(false);
            }
        }
    }

    private void GoOn()
    {
        socket?.Dispose();
        socket = null;
        filled = 0;
        current++;
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectLimit);
        var link = await from.ConnectAsync(new IPEndPoint(nodes[Current].Address, MooseFsPorts.Client), limit.Token).ConfigureAwait(false);
        try
        {
            if (session is { } known)
            {
                await SendAsync(link, Packet((ref writer) => new ReconnectRegister(known.Id, Version, known.MetaId).Write(ref writer)), cancellation).ConfigureAwait(false);
                AcceptReconnect(await ReceiveAsync(link, messageId: null, cancellation).ConfigureAwait(false), known.Id);
                Reconnects++;
            }
            else
            {
                await SendAsync(link, Packet(WriteNewSession), cancellation).ConfigureAwait(false);
                session = AcceptSession(await ReceiveAsync(link, messageId: null, cancellation).ConfigureAwait(false));
            }
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    private static void WriteNewSession(ref PacketWriter writer)
        => new NewSessionRegister(Version, "/ledger\0"u8.ToArray(), "/"u8.ToArray(), null, null).Write(ref writer);

    private static (uint Id, ulong MetaId) AcceptSession(byte[] payload)
    {
        if (RegisterReply.TryReadRedirect(payload, out _))
        {
            // "Not now."
            throw new EndOfStreamException("sent away");
        }
        if (RegisterReply.TryReadStatus(payload, out var refused))
        {
            throw new SessionLostException($"a new session was refused: {refused}");
        }
        var reader = new PacketReader(payload);
        var parameters = RegisterReply.ParseSession(ref reader, Version);
        return (parameters.SessionId, parameters.MetaId);
    }

    private void AcceptReconnect(byte[] payload, uint id)
    {
        if (RegisterReply.TryReadRedirect(payload, out _))
        {
            throw new EndOfStreamException("sent away");
        }
        var reader = new PacketReader(payload);
        if (RegisterReply.ParseReconnect(ref reader, Version).Status is not StatusCode.Ok and var status)
        {
            throw new SessionLostException(string.Create(CultureInfo.InvariantCulture, $"node {Current + 1} refused to go on with session {id}: {status}"));
        }
    }

    private byte[] Packet(WritePacket write)
    {
        output.ResetWrittenCount();
        var writer = new PacketWriter(output);
        write(ref writer);
        return output.WrittenSpan.ToArray();
    }

    private static async Task SendAsync(Socket link, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await link.SendAsync(bytes, cancellation).ConfigureAwait(false)..];
        }
    }

    // With null: the first packet, which must answer the registration. Otherwise keep-alives and what is told to all clients is passed over.
    private async Task<byte[]> ReceiveAsync(Socket link, uint? messageId, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        while (true)
        {
            while (TryTake(out var type, out var payload))
            {
                if (messageId is null)
                {
                    return type is PacketType.RegisterReply ? payload : throw new SessionLostException($"registration answered by {type}");
                }
                if (type is not PacketType.Nop && new PacketReader(payload).U32() is not 0 and var answered)
                {
                    return answered == messageId ? payload : throw new SessionLostException($"{type} answers message {answered}, only {messageId} is waiting");
                }
            }
            var received = await link.ReceiveAsync(input.AsMemory(filled), limit.Token).ConfigureAwait(false);
            filled += received > 0 ? received : throw new EndOfStreamException("closed by the node");
        }
    }

    private bool TryTake(out PacketType type, out byte[] payload)
    {
        var rest = new ReadOnlySequence<byte>(input, 0, filled);
        var found = FrameParser.TryReadFrame(ref rest, FrameLimits.FromClient, out type, out var body);
        payload = found ? body.ToArray() : [];
        var left = rest.ToArray();
        left.CopyTo(input, 0);
        filled = left.Length;
        return found;
    }
}

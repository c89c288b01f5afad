using System.Collections.Concurrent;
using System.Text;

namespace MfsHa.NodeLink.Rpc;

/// <summary>
/// Calls that go through a third node when the called one does not answer this node's pings: a link between two nodes may be broken while both are well, and then the
/// clients of one of them would stand still. One detour at most: the third node calls directly.
/// </summary>
public sealed class DetourRpc : INodeRpc
{
    /// <summary>Third nodes that are asked before a call is given up.</summary>
    private const int MaxDetours = 2;

    // After a detour has led nowhere: the called node is most likely down.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly INodeRpc inner;
    private readonly IPeerLiveness liveness;
    private readonly INodeDirectory directory;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<NodeId, long> unreachableSince = new();

    /// <summary>Registers the handler by which this node is a third one.</summary>
    public DetourRpc(INodeRpc inner, IPeerLiveness liveness, INodeDirectory directory, TimeProvider clock)
    {
        this.inner = inner;
        this.liveness = liveness;
        this.directory = directory;
        this.clock = clock;
        inner.Handle(RpcMethod.Relay, RelayAsync);
    }

    /// <inheritdoc/>
    public NodeId Self => inner.Self;

    /// <inheritdoc/>
    public void Handle(RpcMethod method, RpcHandler handler) => inner.Handle(method, handler);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> CallAsync(NodeId to, RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
        IsWorthADetour(to) ? CallByDetourAsync(to, method, request, cancellation) : inner.CallAsync(to, method, request, cancellation);

    /// <inheritdoc/>
    public bool TryPost(NodeId to, RpcMethod method, ReadOnlyMemory<byte> message)
    {
        if (IsWorthADetour(to))
        {
            foreach (var via in Thirds(to))
            {
                return inner.TryPost(via, RpcMethod.Relay, RelayFormat.Write(to, method, message.Span));
            }
        }

        return inner.TryPost(to, method, message);
    }

    private bool IsWorthADetour(NodeId to) =>
        to != Self && !liveness.IsAlive(to) && (!unreachableSince.TryGetValue(to, out var since) || clock.GetElapsedTime(since) > Pause);

    private IEnumerable<NodeId> Thirds(NodeId to) =>
        directory.Nodes.Select(static n => n.Id).Where(id => id != to && id != Self && liveness.IsAlive(id)).OrderBy(static id => id.Value).Take(MaxDetours);

    private async ValueTask<ReadOnlyMemory<byte>> CallByDetourAsync(NodeId to, RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        foreach (var via in Thirds(to))
        {
            ReadOnlyMemory<byte> reply;
            try
            {
                reply = await inner.CallAsync(via, RpcMethod.Relay, RelayFormat.Write(to, method, request.Span), cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is PeerUnavailableException or RpcException)
            {
                continue;
            }

            if (RelayFormat.TryReadReply(to, reply, out var answer))
            {
                return answer;
            }
        }

        unreachableSince[to] = clock.GetTimestamp();
        throw new PeerUnavailableException(to, "it does not answer pings, nor can another node reach it");
    }

    private async ValueTask<ReadOnlyMemory<byte>> RelayAsync(NodeId from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var (to, method, body) = RelayFormat.Read(request);
        if (!liveness.IsAlive(to))
        {
            return RelayFormat.Unreachable;
        }

        try
        {
            return RelayFormat.Answer((await inner.CallAsync(to, method, body, cancellation).ConfigureAwait(false)).Span);
        }
        catch (PeerUnavailableException)
        {
            return RelayFormat.Unreachable;
        }
        catch (RpcException e)
        {
            return RelayFormat.Failure(e.Message);
        }
    }

    /// <summary>Request: node u16, method u16, little-endian, then the request. Reply: outcome u8, then the reply or the failure's text.</summary>
    private static class RelayFormat
    {
        private const int HeadLength = 4;
        private const byte Answered = 0;
        private const byte NotReached = 1;
        private const byte Failed = 2;

        public static byte[] Unreachable { get; } = [NotReached];

        public static byte[] Write(NodeId to, RpcMethod method, ReadOnlySpan<byte> request)
        {
            var bytes = GC.AllocateUninitializedArray<byte>(HeadLength + request.Length);
            BitConverter.TryWriteBytes(bytes, to.Value);
            BitConverter.TryWriteBytes(bytes.AsSpan(2), (ushort)method);
            request.CopyTo(bytes.AsSpan(HeadLength));
            return bytes;
        }

        public static (NodeId To, RpcMethod Method, ReadOnlyMemory<byte> Body) Read(ReadOnlyMemory<byte> bytes) =>
            bytes.Length >= HeadLength && (RpcMethod)BitConverter.ToUInt16(bytes.Span[2..]) is not RpcMethod.Relay and var method
                ? (new NodeId(BitConverter.ToUInt16(bytes.Span)), method, bytes[HeadLength..])
                : throw new InvalidDataException("not a call to be passed on");

        public static byte[] Answer(ReadOnlySpan<byte> reply) => Framed(Answered, reply);

        public static byte[] Failure(string text) => Framed(Failed, Encoding.UTF8.GetBytes(text));

        /// <summary>False when the called node was not reached.</summary>
        public static bool TryReadReply(NodeId to, ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> answer)
        {
            answer = bytes.IsEmpty ? default : bytes[1..];
            return bytes.Span switch
            {
                [Answered, ..] => true,
                [NotReached] => false,
                [Failed, ..] => throw new RpcException(to, Encoding.UTF8.GetString(answer.Span)),
                _ => throw new InvalidDataException($"a passed-on reply of {bytes.Length} bytes has no known outcome"),
            };
        }

        private static byte[] Framed(byte outcome, ReadOnlySpan<byte> content)
        {
            var bytes = GC.AllocateUninitializedArray<byte>(1 + content.Length);
            bytes[0] = outcome;
            content.CopyTo(bytes.AsSpan(1));
            return bytes;
        }
    }
}

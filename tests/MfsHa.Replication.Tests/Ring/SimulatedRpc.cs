using MfsHa.NodeLink;

namespace MfsHa.Replication.Tests.Ring;

/// <summary>The calls and the liveness of one simulated node.</summary>
internal sealed class SimulatedRpc(NodeId self, SimulatedNetwork network) : INodeRpc, IPeerLiveness
{
    private readonly Dictionary<RpcMethod, RpcHandler> _handlers = [];
    private bool _stopped;

    public event Action<NodeId, bool>? Changed;

    public NodeId Self { get; } = self;

    public void Handle(RpcMethod method, RpcHandler handler) => _handlers.Add(method, handler);

    public bool IsAlive(NodeId peer) => network.IsReachable(Self, peer);

    public void TellChanged(NodeId peer) => Changed?.Invoke(peer, IsAlive(peer));

    /// <summary>The node is gone: what arrives for it, or for its waiting calls, is lost.</summary>
    public void Stop() => _stopped = true;

    public ValueTask<ReadOnlyMemory<byte>> CallAsync(NodeId to, RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        // Continuations run at once, in the simulation's one thread.
        var reply = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        void Lost() => reply.TrySetException(new PeerUnavailableException(to, "lost"));
        network.Send(Self, to, request.ToArray(), content =>
        {
            var answering = network.Nodes[to];
            ReadOnlyMemory<byte> answer;
            try
            {
                answer = answering.Answer(Self, method, content);
            }
            catch (InvalidDataException e)
            {
                reply.TrySetException(new RpcException(to, e.Message));
                return;
            }

            network.Send(to, Self, answer.ToArray(), bytes =>
            {
                if (_stopped)
                    Lost();
                else
                    reply.TrySetResult(bytes);
            }, Lost);
        }, Lost);
        return new ValueTask<ReadOnlyMemory<byte>>(reply.Task);
    }

    public bool TryPost(NodeId to, RpcMethod method, ReadOnlyMemory<byte> message)
    {
        if (!IsAlive(to))
            return false;
        network.Send(Self, to, message.ToArray(), content => network.Nodes[to].Answer(Self, method, content));
        return true;
    }

    private ReadOnlyMemory<byte> Answer(NodeId from, RpcMethod method, byte[] content)
    {
        var answer = _handlers[method](from, content, CancellationToken.None);
        if (!answer.IsCompleted)
            throw new InvalidOperationException("a handler of the ring waits: the simulation cannot replay that");
        return answer.GetAwaiter().GetResult();
    }
}

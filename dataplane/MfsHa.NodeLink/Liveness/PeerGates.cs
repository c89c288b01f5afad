using System.Collections.Concurrent;

namespace MfsHa.NodeLink.Liveness;

/// <summary>The gates of all nodes that were ever heard of; at most 65,535.</summary>
internal sealed class PeerGates
{
    private readonly ConcurrentDictionary<NodeId, PeerGate> _gates = new();

    public IEnumerable<PeerGate> All => _gates.Values;

    public PeerGate Of(NodeId peer) => _gates.TryGetValue(peer, out var gate) ? gate : _gates.GetOrAdd(peer, static id => new PeerGate(id));
}

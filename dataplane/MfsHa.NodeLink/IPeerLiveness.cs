namespace MfsHa.NodeLink;

/// <summary>What this node's own pings say about its peers (every 75 ms, dead after 300 ms, independent of fsync).</summary>
public interface IPeerLiveness
{
    /// <summary>True while the peer answers pings. This node itself is always alive.</summary>
    bool IsAlive(NodeId peer);

    /// <summary>Round trip of the last ping that the peer answered; null when it never answered, for this node itself, and where nothing is measured.</summary>
    TimeSpan? RoundTripOf(NodeId peer) => null;

    /// <summary>Raised, on a thread of its own, after a peer went down or came back.</summary>
    event Action<NodeId, bool>? Changed;
}

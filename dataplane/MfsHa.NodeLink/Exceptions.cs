namespace MfsHa.NodeLink;

/// <summary>The peer is down, or its connection broke before the reply; whether the call was executed is not known.</summary>
public sealed class PeerUnavailableException(NodeId peer, string reason, Exception? inner = null)
    : IOException($"node {peer} is unavailable: {reason}", inner)
{
    /// <summary>The peer that was called.</summary>
    public NodeId Peer { get; } = peer;
}

/// <summary>The peer's handler failed; its message is the exception's text at the peer.</summary>
public sealed class RpcException(NodeId peer, string message) : Exception($"node {peer}: {message}");

using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Liveness;

/// <summary>Opens connections only to peers that answer pings, and gives up at once when the peer goes down meanwhile.</summary>
internal sealed class GatedDialer(LinkDialer dialer, PeerGates gates)
{
    /// <summary>
    /// Connects; <paramref name="open"/> registers the connection with the peer's gate and returns null when that is refused.
    /// Throws <see cref="PeerUnavailableException"/>, or <see cref="OperationCanceledException"/> for the caller's own token only.
    /// </summary>
    public async ValueTask<T> ConnectAsync<T>(
        NodeId peer, LinkKind kind, ushort channel, uint incarnation, Func<LinkConnection, PeerGate, T?> open, CancellationToken cancellation)
        where T : class
    {
        var gate = gates.Of(peer);
        var down = gate.DownToken;
        // The token was taken before the look at the state: a peer that goes down in between is noticed by one of them.
        if (gate.State != PeerState.Up)
            throw new PeerUnavailableException(peer, "it does not answer pings");
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(down, cancellation);
        LinkConnection link;
        try
        {
            link = await dialer.ConnectAsync(peer, kind, channel, incarnation, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new PeerUnavailableException(peer, "it went down during the connect", e);
        }

        if (!down.IsCancellationRequested && open(link, gate) is { } opened)
            return opened;
        link.Abort();
        throw new PeerUnavailableException(peer, "it went down during the connect");
    }
}

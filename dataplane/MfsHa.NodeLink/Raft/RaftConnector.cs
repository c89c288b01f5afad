using System.Net;
using Microsoft.AspNetCore.Connections;
using MfsHa.NodeLink.Liveness;
using MfsHa.NodeLink.Transport;

namespace MfsHa.NodeLink.Raft;

/// <summary>Opens connections of one group. Fails with <see cref="PeerUnavailableException"/>, at once when the peer does not answer pings.</summary>
internal sealed class RaftConnector(ushort group, GatedDialer dialer) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not NodeEndPoint target)
            throw new ArgumentException($"{endpoint} is not the name of a node", nameof(endpoint));
        return await dialer.ConnectAsync(
            target.Node,
            LinkKind.Raft,
            group,
            target.Incarnation,
            (link, gate) => RaftConnection.TryOpen(link, gate, null, target),
            cancellationToken).ConfigureAwait(false);
    }
}

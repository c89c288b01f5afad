using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.NodeLink.Raft;

/// <summary>Binds one group.</summary>
internal sealed class RaftListenerFactory(RaftTransport transport, ushort group) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        => endpoint is NodeEndPoint node
            ? ValueTask.FromResult<IConnectionListener>(transport.Bind(group, node))
            : throw new ArgumentException($"{endpoint} is not the name of a node", nameof(endpoint));
}

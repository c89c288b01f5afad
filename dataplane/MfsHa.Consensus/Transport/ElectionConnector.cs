using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.Consensus.Transport;

/// <summary>
/// Holds requests for pre-votes back until it is this member's turn, and gives requests for votes a deadline of their own: DotNext waits for the answers of all
/// members, up to the request timeout, which is long for the sake of slow disks; one live member with a stalled disk would hold up every election.
/// </summary>
internal sealed class ElectionConnector(IConnectionFactory inner, TimeSpan deadline, Func<TimeSpan> turn, TimeProvider time) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var connection = await inner.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        connection.Transport = new ElectionPipe(connection, deadline, turn, time);
        return connection;
    }
}

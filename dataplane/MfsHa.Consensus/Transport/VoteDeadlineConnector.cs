using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.Consensus.Transport;

/// <summary>
/// Gives requests for votes a deadline of their own. DotNext waits for the answers of all members, up to the request timeout, which is long for the sake of
/// slow disks: one live member with a stalled disk would hold up every election.
/// </summary>
internal sealed class VoteDeadlineConnector(IConnectionFactory inner, TimeSpan deadline, TimeProvider time) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var connection = await inner.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
        connection.Transport = new VoteDeadlinePipe(connection, deadline, time);
        return connection;
    }
}

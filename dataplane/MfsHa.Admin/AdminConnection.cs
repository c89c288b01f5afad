using Grpc.Core;
using Grpc.Net.Client;
using AdminClient = MfsHa.Admin.Contract.Admin.AdminClient;

namespace MfsHa.Admin;

/// <summary>Calls of the admin service at the first node that answers.</summary>
public static class AdminConnection
{
    private static readonly TimeSpan _connectLimit = TimeSpan.FromSeconds(2);

    /// <summary>Makes a call.</summary>
    /// <param name="target">Which nodes to try.</param>
    /// <param name="call">The call, with its options.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UnreachableException">No node could be connected to.</exception>
    /// <exception cref="RpcException">A node answered with an error.</exception>
    public static async Task<T> CallAsync<T>(AdminTarget target, Func<AdminClient, CallOptions, Task<T>> call, CancellationToken cancellation)
    {
        var failures = new List<string>();
        foreach (Uri address in target.Addresses)
        {
            using var handler = new SocketsHttpHandler { ConnectTimeout = _connectLimit };
            using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler });
            try
            {
                var options = new CallOptions(deadline: DateTime.UtcNow + target.Timeout, cancellationToken: cancellation);
                return await call(new AdminClient(channel), options).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && e.Status.DebugException is { } reason)
            {
                // Made here, not by a node: nobody took the call.
                failures.Add($"{address.Authority}: {reason.GetBaseException().Message}");
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.DeadlineExceeded)
            {
                failures.Add($"{address.Authority}: no answer within {target.Timeout.TotalSeconds} s");
            }
        }

        throw new UnreachableException(string.Join("; ", failures));
    }
}

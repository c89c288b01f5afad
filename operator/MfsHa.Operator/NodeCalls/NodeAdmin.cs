using Grpc.Core;
using MfsHa.Admin;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster;
using Microsoft.Extensions.Logging;
using AdminClient = MfsHa.Admin.Contract.Admin.AdminClient;
using OperationsClient = MfsHa.Admin.Contract.Operations.OperationsClient;

namespace MfsHa.Operator.NodeCalls;

/// <summary><see cref="INodeAdmin"/> by the same calls as mfsha-admin's.</summary>
public sealed partial class NodeAdmin(ILogger<NodeAdmin> logger) : INodeAdmin
{
    private static readonly TimeSpan _quick = TimeSpan.FromSeconds(5);

    /// <summary>A node that joins copies the state first.</summary>
    private static readonly TimeSpan _slow = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public async Task<ClusterStatus?> StatusAsync(NodeAccess access, CancellationToken cancellation)
    {
        if (access.Addresses.Count == 0)
        {
            return null;
        }

        try
        {
            return await CallAsync(access, _quick, async (invoker, options) => await new AdminClient(invoker).GetStatusAsync(new GetStatusRequest(), options), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnreachableException or RpcException)
        {
            Log.Unreachable(logger, access.ToString(), e.Message);
            return null;
        }
    }

    /// <inheritdoc/>
    public Task MoveLeadersAsync(NodeAccess access, int node, CancellationToken cancellation) =>
        CallAsync(access, _slow, async (invoker, options) => await new OperationsClient(invoker).ElectLeadersAsync(new ElectLeadersRequest { Node = (uint)node }, options), cancellation);

    /// <inheritdoc/>
    public Task AddAsync(NodeAccess access, int node, string host, int port, bool isReplacement, CancellationToken cancellation) =>
        CallAsync(
            access,
            _slow,
            async (invoker, options) => await new AdminClient(invoker).AddNodeAsync(
                new AddNodeRequest { Node = (uint)node, Host = host, Port = (uint)port, Replace = isReplacement }, options),
            cancellation);

    /// <inheritdoc/>
    public Task RemoveAsync(NodeAccess access, int node, CancellationToken cancellation) =>
        CallAsync(access, _slow, async (invoker, options) => await new AdminClient(invoker).RemoveNodeAsync(new RemoveNodeRequest { Node = (uint)node }, options), cancellation);

    private static Task<T> CallAsync<T>(NodeAccess access, TimeSpan limit, Func<CallInvoker, CallOptions, Task<T>> call, CancellationToken cancellation)
    {
        if (!AdminTarget.TryParse(string.Join(',', access.Addresses), Ports.Admin, limit, out AdminTarget target))
        {
            throw new UnreachableException("no node has an address");
        }

        return AdminConnection.InvokeAsync(target with { Credentials = new AdminCredentials(null, access.Token) }, call, cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "no node of {Addresses} tells its status: {Reason}")]
        public static partial void Unreachable(ILogger logger, string addresses, string reason);
    }
}

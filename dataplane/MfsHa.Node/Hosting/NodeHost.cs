using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using MfsHa.Node.Configuration;
using MfsHa.Node.Daemon;

namespace MfsHa.Node.Hosting;

/// <summary>Composes a node. So far the admin service alone: it answers that the cluster is not formed.</summary>
public sealed class NodeHost : INodeHost, INodeStatusSource
{
    private const string NotFormed = "the cluster is not formed";

    private readonly NodeEnvironment _environment;
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AdminServer? _admin;

    /// <param name="environment">What exists before the node.</param>
    public NodeHost(NodeEnvironment environment) => _environment = environment;

    /// <inheritdoc/>
    public Task Failure => _failure.Task;

    /// <inheritdoc/>
    public bool IsReady => false;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellation)
    {
        NodeConfiguration node = _environment.Configuration.Node;
        _admin = await AdminServer.StartAsync(node.BindHost, node.AdminPort, this, _environment.Logs, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ReloadAsync(NodeConfiguration configuration, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DescribeAsync(TextWriter writer, CancellationToken cancellation) =>
        await writer.WriteLineAsync(NotFormed.AsMemory(), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellation) => _admin?.StopAsync(cancellation) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _admin?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <inheritdoc/>
    public Task<ClusterStatus> GetStatusAsync(CancellationToken cancellation)
    {
        NodeConfiguration node = _environment.Configuration.Node;
        var status = new ClusterStatus { AnsweredBy = (uint)node.NodeId };
        status.Nodes.AddRange(node.Peers.Select(
            p => new NodeStatus { Id = (uint)p.Id, Host = p.Host, Port = (uint)p.Port!.Value, Online = p.Id == node.NodeId }));
        return Task.FromResult(status);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReplicaChecksum> CheckConsistencyAsync(CancellationToken cancellation) => throw Unavailable();

    /// <inheritdoc/>
    public Task<ResignReply> ResignAsync(ResignRequest request, CancellationToken cancellation) => throw Unavailable();

    /// <inheritdoc/>
    public Task<MembershipReply> RemoveNodeAsync(RemoveNodeRequest request, CancellationToken cancellation) => throw Unavailable();

    /// <inheritdoc/>
    public Task<MembershipReply> AddNodeAsync(AddNodeRequest request, CancellationToken cancellation) => throw Unavailable();

    private static AdminException Unavailable() => new(AdminFailure.Unavailable, NotFormed);
}

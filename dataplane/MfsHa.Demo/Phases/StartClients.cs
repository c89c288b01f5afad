using MfsHa.Demo.Cluster;
using MfsHa.Playground;

namespace MfsHa.Demo.Phases;

/// <summary>Two chunkservers and a mount, programs of MooseFS as they are.</summary>
public sealed class StartClients : IPhase
{
    private static readonly TimeSpan RegisterLimit = TimeSpan.FromSeconds(60);

    public string Title => "chunkservers and mount join";

    public async Task RunAsync(DemoContext context, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        await cluster.StartChunkServersAsync(cancellation).ConfigureAwait(false);
        await cluster.StartMountAsync(cancellation).ConfigureAwait(false);
        await ChunkServersConnectedAsync(cluster, RegisterLimit, cancellation).ConfigureAwait(false);
        context.Story.Say($"mounted at {context.MountPath}");
    }

    /// <summary>Returns when every chunkserver is connected to a node that runs.</summary>
    internal static Task ChunkServersConnectedAsync(DemoCluster cluster, TimeSpan limit, CancellationToken cancellation)
        => Deadline.WaitAsync("the chunkservers are connected", limit, async token =>
        {
            foreach (var server in cluster.ChunkServers)
            {
                server.Process.ThrowIfExited();
            }
            var status = await cluster.Watch.RefreshAsync(token).ConfigureAwait(false);
            return cluster.ChunkServers.All(server => status?.ChunkServers.Any(seen =>
                seen.Address == server.Host.Address.ToString() && cluster.Nodes.Any(node => node.Id == seen.Node && node.IsRunning)) is true);
        }, cancellation);
}

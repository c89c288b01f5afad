using MfsHa.Playground;

namespace MfsHa.Demo.Phases;

/// <summary>Three nodes with empty disks, each on a host of its own, form a cluster.</summary>
public sealed class StartNodes : IPhase
{
    private static readonly TimeSpan LeaderLimit = TimeSpan.FromSeconds(60);

    public string Title => "three nodes form a cluster";

    public async Task RunAsync(DemoContext context, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        await cluster.AddNodesAsync(cancellation).ConfigureAwait(false);
        foreach (var node in cluster.Nodes)
        {
            node.Start();
        }
        cluster.Watch.Start();
        await Task.WhenAll(cluster.Nodes.Select(node => node.WaitReadyAsync(cancellation))).ConfigureAwait(false);
        var leader = 0;
        await Deadline.WaitAsync("the shard has a leader", LeaderLimit, async token =>
        {
            leader = (await cluster.FindLeaderAsync(token).ConfigureAwait(false))?.Id ?? 0;
            return leader != 0;
        }, cancellation).ConfigureAwait(false);
        context.Story.Say($"all nodes are ready, node {leader} leads");
    }
}

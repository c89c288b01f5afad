using MfsHa.Admin.Contract;
using MfsHa.Demo.Load;
using MfsHa.Demo.Model;
using MfsHa.Playground.MfsHaNodes;

namespace MfsHa.Demo.Cluster;

/// <summary>Makes the picture of this moment of what cluster, meter and story know.</summary>
public sealed class Painter(DemoCluster cluster, OperationMeter meter, Story story, string subtitle, int rounds)
{
    public Picture Paint(int bars)
    {
        var status = cluster.Watch.Last;
        return new Picture(
            subtitle, story.Elapsed, story.Phases, [.. Enumerable.Range(1, DemoCluster.NodeCount).Select(id => Node(id, status))],
            [.. Enumerable.Range(1, DemoCluster.ChunkServerCount).Select(number => Server(number, status))],
            cluster.Mount is null ? null : Client(bars), story.Stalls, rounds, story.Events);
    }

    private ClientView Client(int bars)
    {
        var (rate, waiting, slices) = meter.Show(bars);
        return new ClientView(rate, meter.Total, waiting, slices);
    }

    private NodeView Node(int id, ClusterStatus? status)
    {
        var node = cluster.Nodes.FirstOrDefault(node => node.Id == id);
        var seen = status?.Nodes.FirstOrDefault(node => node.Id == id && node.Online);
        var group = status?.Groups.FirstOrDefault(static group => group.Group == DemoCluster.ShardGroup);
        var replica = group?.Replicas.FirstOrDefault(replica => replica.Node == id && replica.Online);
        var state = node switch
        {
            null or { WasStarted: false } => NodeState.Absent,
            { IsRunning: false } => NodeState.Killed,
            _ when seen is not { Ready: true } || replica is null => NodeState.Starting,
            _ when !ClusterHealth.IsSynchronized(group!, replica) => NodeState.CatchingUp,
            _ => NodeState.Ready,
        };
        var answers = state is NodeState.Ready or NodeState.CatchingUp;
        return new NodeView(
            id, state, answers && group!.Leader == id, answers ? replica!.Applied : null, answers ? TimeSpan.FromSeconds(seen!.UptimeSeconds) : null,
            cluster.Mount is not null && IsClientNode(node));
    }

    private bool IsClientNode(MfsHaNode? node) => node is not null && node == cluster.ClientNode;

    private ChunkServerView Server(int number, ClusterStatus? status)
    {
        var server = cluster.ChunkServers.ElementAtOrDefault(number - 1);
        var address = server?.Host.Address.ToString();
        // A server that came back may be listed twice for a while: the newest counts.
        var seen = status?.ChunkServers.LastOrDefault(seen => seen.Address == address);
        var node = seen is { Node: > 0 } && cluster.Nodes.Any(node => node.Id == seen.Node && node.IsRunning) ? (int?)seen.Node : null;
        return new ChunkServerView(number, node, seen?.Chunks ?? 0, seen?.UsedBytes ?? 0);
    }
}

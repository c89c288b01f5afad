using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Consensus;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Maintenance;

/// <summary>
/// Moves leaders of this node to where <see cref="LeaderSpread"/> wants them, one group a pass. A group that comes back soon is not wanted there (a slow disk, for
/// example): each time it stays twice as long.
/// </summary>
public sealed partial class LeaderSpreader(GroupTable groups, StatusService status, INodeDirectory nodes, IPeerLiveness liveness, long settledAfter, TimeProvider clock, ILogger<LeaderSpreader> logger)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);
    private readonly Dictionary<ushort, (long Since, TimeSpan Stay)> moved = [];

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        var self = status.Self();
        var own = self with { Replicas = [.. self.Replicas.Where(r => !r.IsReadyLeader || MayMove(r.Group))] };
        if (!own.Replicas.Any(static r => r.IsReadyLeader))
        {
            return;
        }

        var peers = nodes.Nodes.Select(static n => n.Id).Where(id => id.Value != self.Node).ToArray();
        if (!peers.All(liveness.IsAlive))
        {
            return; // first everybody comes back: an election less
        }

        var others = await Task.WhenAll(peers.Select(p => status.AskAsync(p, cancellation))).ConfigureAwait(false);
        if (LeaderSpread.Next(own, [.. others.OfType<NodeReport>()], settledAfter) is not var (group, target))
        {
            return;
        }

        var rest = moved.TryGetValue(group, out var before) ? before.Stay * 2 : FirstRest;
        moved[group] = (clock.GetTimestamp(), rest < LongestRest ? rest : LongestRest);
        Log.HandingOver(logger, group, target);
        await groups.Get(group).Log.HandOverAsync(new NodeId(target), cancellation).ConfigureAwait(false);
    }

    private bool MayMove(ushort group) => !moved.TryGetValue(group, out var before) || clock.GetElapsedTime(before.Since) > before.Stay;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "group {Group}: leadership is handed over to node {Target}, so that leaders are spread")]
        public static partial void HandingOver(ILogger logger, ushort group, ushort target);
    }
}

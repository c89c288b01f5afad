using System.Diagnostics.CodeAnalysis;
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
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose handle nobody takes holds memory only.")]
public sealed partial class LeaderSpreader(GroupTable groups, StatusService status, INodeDirectory nodes, IPeerLiveness liveness, long settledAfter, TimeProvider clock, ILogger<LeaderSpreader> logger)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);
    private readonly Dictionary<ushort, (long Since, TimeSpan Stay)> moved = [];
    private readonly SemaphoreSlim one = new(1);

    /// <summary>One pass.</summary>
    public Task PassAsync(CancellationToken cancellation) => MoveOneAsync(isAsked: false, cancellation);

    /// <summary>Hands one leader over; null when none has to move, or none can now.</summary>
    /// <param name="isAsked">True when a person asks for it: then it does not matter that a group has come back lately, or that its new node has just started.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<(ushort Group, NodeId To)?> MoveOneAsync(bool isAsked, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await MoveAsync(isAsked, cancellation).ConfigureAwait(false);
        }
        finally
        {
            one.Release();
        }
    }

    private async Task<(ushort Group, NodeId To)?> MoveAsync(bool isAsked, CancellationToken cancellation)
    {
        var self = status.Self();
        if (self.Draining)
        {
            return null; // it gives all away, and not here
        }

        var own = self with { Replicas = [.. self.Replicas.Where(r => !r.IsReadyLeader || isAsked || MayMove(r.Group))] };
        if (!own.Replicas.Any(static r => r.IsReadyLeader))
        {
            return null;
        }

        var peers = nodes.Nodes.Select(static n => n.Id).Where(id => id.Value != self.Node).ToArray();
        if (!peers.All(liveness.IsAlive))
        {
            return null; // first everybody comes back: an election less
        }

        var others = await Task.WhenAll(peers.Select(p => status.AskAsync(p, cancellation))).ConfigureAwait(false);
        if (LeaderSpread.Next(own, [.. others.OfType<NodeReport>()], isAsked ? 0 : settledAfter) is not var (group, target))
        {
            return null;
        }

        var rest = moved.TryGetValue(group, out var before) ? before.Stay * 2 : FirstRest;
        moved[group] = (clock.GetTimestamp(), rest < LongestRest ? rest : LongestRest);
        Log.HandingOver(logger, group, target);
        await groups.Get(group).Log.HandOverAsync(new NodeId(target), cancellation).ConfigureAwait(false);
        return (group, new NodeId(target));
    }

    private bool MayMove(ushort group) => !moved.TryGetValue(group, out var before) || clock.GetElapsedTime(before.Since) > before.Stay;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "group {Group}: leadership is handed over to node {Target}, so that leaders are spread")]
        public static partial void HandingOver(ILogger logger, ushort group, ushort target);
    }
}

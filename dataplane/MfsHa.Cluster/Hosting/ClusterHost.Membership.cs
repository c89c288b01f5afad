using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Maintenance;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Status;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Hosting;

/// <content>What nodes that come, go and are drained mean here.</content>
public sealed partial class ClusterHost
{
    /// <summary>Two pings of nodes that are there, and what making connections takes.</summary>
    private static readonly TimeSpan PingsAnswered = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan PingPause = TimeSpan.FromMilliseconds(10);

    private HashSet<NodeId> ringMembers = [];
    private Func<IReadOnlyList<Option>> readOptions = static () => [];

    /// <summary>Options for all nodes, from the system group.</summary>
    public OptionBook Options { get; } = new();

    private void StartMembership()
    {
        loops.Add(new LeaderLoop(
            "removal of this node",
            () => groups.All.Any(static g => g.Value.Log.Leadership.Leader == NodeId.None),
            RetirementEvery,
            retirement.AskAsync,
            clock,
            loggers.CreateLogger<Retirement>()));
        loops.Add(new LeaderLoop("drain", () => book.IsDraining(options.Self) && Led().Count > 0, DrainEvery, DrainAsync, clock, loggers.CreateLogger<ClusterHost>()));
        if (options.Order is { Joins: true } order)
        {
            var joining = new Joining(link.Rpc, directory, link.Liveness, book, formation.Identity.Incarnation, order.Own, loggers.CreateLogger<Joining>());
            loops.Add(new LeaderLoop("joining", () => !joining.IsDone, MembersEvery, joining.PassAsync, clock, loggers.CreateLogger<Joining>()));
        }
    }

    // Nodes that were given up (a quorum was forced) would be a majority again when enough of them come back at once: they ask whoever answers before they take part in anything. Whoever has no
    // answer within this time goes on: it may be one of a cluster that starts.
    private async Task AskBeforeStartAsync(NodeIdentity identity, CancellationToken cancellation)
    {
        var others = directory.Nodes.Select(static n => n.Id).Where(n => n != options.Self).ToArray();
        if (!identity.BelongsToCluster || consensus.StoredGroups.Count == 0 || others.Length == 0)
        {
            return;
        }

        var begun = clock.GetTimestamp();
        while (!others.All(link.Liveness.IsAlive) && clock.GetElapsedTime(begun) < PingsAnswered)
        {
            await Task.Delay(PingPause, clock, cancellation).ConfigureAwait(false);
        }

        await retirement.AskAsync(cancellation).ConfigureAwait(false);
        if (retirement.Found.IsCompleted)
        {
            throw await retirement.Found.ConfigureAwait(false);
        }
    }

    // One after the other: each is an election.
    private async Task DrainAsync(CancellationToken cancellation)
    {
        foreach (var group in Led())
        {
            var others = await Task.WhenAll(directory.Nodes.Where(n => n.Id != options.Self && link.Liveness.IsAlive(n.Id)).Select(n => Status.AskAsync(n.Id, cancellation))).ConfigureAwait(false);
            if (LeaderSpread.Successor(Status.Self(), group, [.. others.OfType<NodeReport>()], (long)options.SettledAfter.TotalSeconds) is { } successor)
            {
                await groups.Get(group).Log.HandOverAsync(new NodeId(successor), cancellation).ConfigureAwait(false);
            }
            else
            {
                await HandOverAsync(group, cancellation).ConfigureAwait(false);
            }
        }
    }

    private void TakeOverNodes()
    {
        var nodes = directory.Nodes.Select(static n => n.Id).ToHashSet();
        if (!nodes.SetEquals(ringMembers))
        {
            ringMembers = nodes;
            ring.SetMembers(nodes);
        }

        Options.Take(readOptions());
        var isDraining = book.IsDraining(options.Self);
        foreach (var (_, endpoint) in groups.All)
        {
            endpoint.Log.StandBack(isDraining);
        }
    }

    private IEnumerable<NodeId> KnownNodes() =>
        directory.Nodes.Select(static n => n.Id).Concat(book.Records.Where(static r => r.State == NodeState.Removed).Select(static r => new NodeId(r.Node)));
}

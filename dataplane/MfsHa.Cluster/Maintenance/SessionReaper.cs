using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Maintenance;

/// <summary>
/// Ends sessions that are closed, or without a connection for longer than SESSION_SUSTAIN_TIME: every shard releases what they hold, then they
/// are forgotten. Done by the leader of the system group; each step may be repeated.
/// </summary>
public sealed class SessionReaper(IMetadataCluster cluster, IPeerLiveness liveness, Func<IEnumerable<NodeId>> nodes, TimeProvider clock, Func<TimeSpan> sustain)
{
    /// <summary>A node that has been dead for this long has no connections any more: clients give up after 10 s of silence (client-protocol 1.4).</summary>
    public static readonly TimeSpan ConnectionsEndAfter = TimeSpan.FromSeconds(15);

    private const int StepLimit = 1000;
    private readonly Dictionary<NodeId, long> deadSince = [];

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        await DropConnectionsOfDeadNodesAsync(cancellation).ConfigureAwait(false);
        var seconds = (uint)sustain().TotalSeconds;
        if (await cluster.ExecuteAsync(new ListDueSessions(seconds), cancellation).ConfigureAwait(false) is not SessionIdsReply due)
        {
            return;
        }

        foreach (var session in due.Sessions)
        {
            if ((await cluster.ExecuteAsync(new EndSession(session, seconds, Forced: false), cancellation).ConfigureAwait(false)).Status != StatusCode.Ok)
            {
                continue;
            }

            while (await cluster.ExecuteAsync(new ReleaseSession(session, StepLimit), cancellation).ConfigureAwait(false) is CountReply { Count: StepLimit })
            {
                cancellation.ThrowIfCancellationRequested();
            }

            await cluster.ExecuteAsync(new RemoveSession(session), cancellation).ConfigureAwait(false);
        }
    }

    private async Task DropConnectionsOfDeadNodesAsync(CancellationToken cancellation)
    {
        foreach (var node in nodes())
        {
            if (liveness.IsAlive(node))
            {
                deadSince.Remove(node);
                continue;
            }

            if (!deadSince.TryGetValue(node, out var since))
            {
                deadSince.Add(node, clock.GetTimestamp());
            }
            else if (since != Dropped && clock.GetElapsedTime(since) > ConnectionsEndAfter)
            {
                await cluster.ExecuteAsync(new DropConnections(node.Value, ExceptRun: 0), cancellation).ConfigureAwait(false);
                deadSince[node] = Dropped;
            }
        }
    }

    private const long Dropped = long.MinValue;
}

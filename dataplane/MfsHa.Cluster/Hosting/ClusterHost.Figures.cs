using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Cluster.Transactions;
using MfsHa.Consensus;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Locations.Comparison;
using MfsHa.Replication.Streams;

namespace MfsHa.Cluster.Hosting;

/// <content>What day-2 operations measure and touch.</content>
public sealed partial class ClusterHost
{
    private const string ProbeOption = "probe";

    /// <summary>Calls of other nodes.</summary>
    public INodeRpc Rpc { get; private set; }

    /// <summary>
    /// A change of a group that changes nothing, but goes the way of all: to its leader, onto the disks of a majority, and back. At a shard it is what housekeeping does every second.
    /// </summary>
    public async Task ProbeAsync(ushort group, CancellationToken cancellation)
    {
        if (group == GroupNumbers.System)
        {
            await router.ExecuteAsync(new SetOption(new Name(ProbeOption), null), cancellation).ConfigureAwait(false);
        }
        else
        {
            await ((IShardCalls)router).ExecuteAsync((ushort)(group - 1), new ExpireTrash(1), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>What this node measures of itself.</summary>
    public NodeFigures Figures()
    {
        MeasuredReplica[] known = [.. hosted.Values.Select(static r => r.Figures)];
        return new NodeFigures(
            clock.GetElapsedTime(started),
            store.Usage(),
            store.MemoryLimit,
            known.Sum(static r => r.HotLimit),
            locations.Clock(),
            locations.Merges,
            locations.ChunkCount,
            [.. known.Select(static r => r.Measure())],
            [.. directory.Nodes.Where(n => n.Id != options.Self).OrderBy(static n => n.Id)
                .Select(n => new PeerFigures(n.Id, link.Liveness.IsAlive(n.Id), link.Liveness.RoundTripOf(n.Id)))]);
    }

    /// <summary>How far this node has got with the CRDT state, and connections of chunkservers that it knows to have ended.</summary>
    public (StreamDigest Position, IReadOnlyList<ChunkServerIncarnation> Ended) CrdtPosition() =>
        (ring.Position(), [.. locations.Servers.Where(static s => !s.IsConnected).Select(static s => s.Incarnation)]);

    /// <summary>What nodes compare of the CRDT state's contents.</summary>
    public IContentComparison CrdtContents => locations;

    /// <summary>Asks all other nodes for CRDT state that is lacking here; returns those that have given all of it.</summary>
    public Task<IReadOnlyList<NodeId>> PullCrdtAsync(CancellationToken cancellation) => ring.PullAllAsync(cancellation);

    /// <summary>Drops cached blocks, and with <paramref name="decoded"/> decoded records, too; everything is read from files again.</summary>
    public void CleanCaches(bool decoded)
    {
        if (decoded)
        {
            foreach (var replica in hosted.Values)
            {
                replica.Figures.DropCached();
            }
        }

        store.DropCachedBlocks();
    }

    /// <summary>Groups that this node leads now.</summary>
    public IReadOnlyList<ushort> Led() => [.. groups.All.Where(static g => g.Value.Log.Leadership.IsReady).Select(static g => g.Key).Order()];

    /// <summary>Who leads a group as this node knows.</summary>
    public Leadership LeadershipOf(ushort group) => groups.Get(group).Log.Leadership;

    /// <summary>Gives a group's leadership to the member that answers and leads least; to whoever is elected when none can be asked. No effect on a follower.</summary>
    public async Task HandOverAsync(ushort group, CancellationToken cancellation)
    {
        var log = groups.Get(group).Log;
        var leaders = groups.All.Select(static g => g.Value.Log.Leadership.Leader).ToLookup(static leader => leader);
        var candidates = log.Members.Select(static m => m.Node).Where(n => n != options.Self && link.Liveness.IsAlive(n) && !book.IsDraining(n)).OrderBy(n => leaders[n].Count()).ThenBy(static n => n).ToArray();
        if (candidates.Length > 0)
        {
            try
            {
                await log.HandOverAsync(candidates[0], cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is PeerUnavailableException or RpcException)
            {
                // It has just gone.
            }
        }

        await log.ResignAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Hands at most one leader over to where it should be; null when none has to move, or none can.</summary>
    public async Task<(ushort Group, NodeId To)?> SpreadOneAsync(CancellationToken cancellation) =>
        spreader is null ? null : await spreader.MoveOneAsync(isAsked: true, cancellation).ConfigureAwait(false);
}

using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Status;
using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>Opens consistent views of the whole metadata at this node's replicas, after everything that was acknowledged before the call.</summary>
public sealed class MetadataCuts(IMetadataCluster cluster, IShardCalls shards, IShardMap map, ExpectedViews views)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Opens a cut. <see cref="NotSupportedException"/> in a cluster with several shards; <see cref="TimeoutException"/> when this node's replicas do not get to the marks in
    /// time, as those of a node that has fallen behind or is no member.
    /// </summary>
    public async Task<MetadataCut> OpenAsync(CancellationToken cancellation)
    {
        if (map.ShardCount != 1)
        {
            throw new NotSupportedException(
                $"the cluster has {map.ShardCount} shards (HA_SHARD_COUNT): each has a log of its own, and a cut through all of them at one moment is not built yet. Only a cluster with one shard can be exported");
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Deadline);
        try
        {
            return await OpenLimitedAsync(limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"this node has not reached the position of the cut within {Deadline.TotalSeconds:0} s: ask another node");
        }
    }

    private async Task<MetadataCut> OpenLimitedAsync(CancellationToken cancellation)
    {
        var point = Guid.NewGuid();
        // The shard first: a session opens files only after the system group has it, and its end comes there last.
        var shard = await views.ExpectAsync(
            point, GroupNumbers.OfShard(0), () => shards.ExecuteAsync(0, new MarkConsistencyPoint(point), cancellation).AsTask(), cancellation).ConfigureAwait(false);
        GroupView? system = null;
        try
        {
            system = await views.ExpectAsync(
                point, GroupNumbers.System, () => cluster.ExecuteAsync(new MarkSystemConsistencyPoint(point), cancellation).AsTask(), cancellation).ConfigureAwait(false);
            return new MetadataCut(shard, system);
        }
        catch
        {
            system?.Dispose();
            shard.Dispose();
            throw;
        }
    }
}

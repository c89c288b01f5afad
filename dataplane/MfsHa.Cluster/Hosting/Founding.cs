using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Sharding;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Hosting;

/// <summary>
/// The first commands of a new cluster: its identity, then the root directory. Every founder sends them at its start; the first one counts,
/// later ones change nothing.
/// </summary>
internal sealed class Founding(IMetadataCluster cluster, IShardCalls calls, INodeDirectory directory, NodeIdentity identity, ushort shards, byte replicas, TimeProvider clock)
{
    private const byte RootStorageClass = 2;

    /// <summary>Returns the cluster's identity when it is formed and its root exists.</summary>
    public async Task<ClusterRecord> RunAsync(CancellationToken cancellation)
    {
        ClusterRecord formed;
        if (await cluster.ExecuteAsync(new GetCluster(), cancellation).ConfigureAwait(false) is ClusterReply known)
        {
            formed = known.Cluster;
        }
        else
        {
            formed = await FormAsync(cancellation).ConfigureAwait(false);
        }

        CheckShards(formed, shards);
        for (ushort shard = 0; shards > 1 && shard < shards; shard++)
        {
            var made = await calls.ExecuteAsync(shard, new FormatShard(new ShardLayout(shard, shards, formed.Imported)), cancellation).ConfigureAwait(false);
            if (made.Status is not (StatusCode.Ok or StatusCode.EExist))
            {
                throw new InvalidOperationException($"shard {shard} of {shards} cannot be made: {made.Status}");
            }
        }

        var format = await cluster.ExecuteAsync(new FormatNamespace(RootStorageClass), cancellation).ConfigureAwait(false);
        return format.Status is StatusCode.Ok or StatusCode.EExist
            ? formed
            : throw new InvalidOperationException($"the root directory cannot be made: {format.Status}");
    }

    /// <summary>The number of shards never changes: <see cref="InvalidOperationException"/> when a node is configured with another one.</summary>
    public static void CheckShards(ClusterRecord formed, ushort shards)
    {
        if (formed.Shards != shards)
        {
            throw new InvalidOperationException($"the cluster has {formed.Shards} shards, HA_SHARD_COUNT is {shards}: the number of shards is fixed when a cluster is created");
        }
    }

    private async Task<ClusterRecord> FormAsync(CancellationToken cancellation)
    {
        // metaid as stock masters make it: time in the upper half, then random (metadata-format 7). Derived from the cluster's id, so that
        // every founder proposes the same.
        Span<byte> id = stackalloc byte[16];
        identity.Cluster.TryWriteBytes(id);
        var metaId = BitConverter.ToUInt64(id) | 1;
        var processId = BitConverter.ToUInt64(id[8..]) | 1;
        var form = new FormCluster
        {
            MetaId = metaId,
            ClusterId = identity.Cluster,
            MasterProcessId = processId,
            Shards = shards,
            ReplicationFactor = replicas,
            Founders = [.. identity.Founders.Select(Record)],
        };
        return await cluster.ExecuteAsync(form, cancellation).ConfigureAwait(false) is ClusterReply formed
            ? formed.Cluster
            : throw new InvalidOperationException($"cluster {identity.Cluster} cannot be formed: another one holds the system group since {clock.GetUtcNow():O}");
    }

    private NodeRecord Record(Founder founder) => new()
    {
        Node = founder.Node.Value,
        Incarnation = founder.Incarnation,
        Address = directory.Find(founder.Node) is { } address ? $"{address.Host}:{address.Port}" : "unknown:0",
    };
}

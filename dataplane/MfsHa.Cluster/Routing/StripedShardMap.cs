using MfsHa.Metadata.Sharding;

namespace MfsHa.Cluster.Routing;

/// <summary>The map of a cluster with several shards: ranges of numbers go round the shards (<see cref="ShardLayout"/>).</summary>
public sealed class StripedShardMap(int shards) : IShardMap
{
    /// <inheritdoc/>
    public int ShardCount => shards;

    /// <inheritdoc/>
    public int ShardOf(uint inode) => ShardLayout.ShardOf(inode, shards);
}

namespace MfsHa.Cluster.Routing;

/// <summary>Which shard owns an inode (design.md 5).</summary>
public interface IShardMap
{
    /// <summary>Number of shards of the cluster.</summary>
    int ShardCount { get; }

    /// <summary>The shard of an inode. Inode 0 (cluster-wide operations of the namespace) belongs to shard 0.</summary>
    int ShardOf(uint inode);
}

/// <summary>The map of a cluster with one shard.</summary>
public sealed class SingleShardMap : IShardMap
{
    /// <inheritdoc/>
    public int ShardCount => 1;

    /// <inheritdoc/>
    public int ShardOf(uint inode) => 0;
}

namespace MfsHa.Cluster.Routing;

/// <summary>Which Raft group orders what.</summary>
public static class GroupNumbers
{
    /// <summary>The system group.</summary>
    public const ushort System = 0;

    /// <summary>Most shards of a cluster.</summary>
    public const int MaxShards = 64;

    /// <summary>The group of a shard.</summary>
    public static ushort OfShard(int shard) =>
        shard is >= 0 and < MaxShards ? (ushort)(shard + 1) : throw new ArgumentOutOfRangeException(nameof(shard), shard, $"a shard is 0..{MaxShards - 1}");
}

using MfsHa.Metadata.Sharding;

namespace MfsHa.Cluster.Routing;

/// <summary>The map of a cluster with several shards: ranges of numbers go round the shards (<see cref="ShardLayout"/>).</summary>
public sealed class StripedShardMap(int shards) : IShardMap
{
    private ulong imported;

    /// <summary>The ranges of an import; set before anybody is served.</summary>
    public ImportedRanges Imported
    {
        get
        {
            var both = Volatile.Read(ref imported);
            return new ImportedRanges((uint)(both >> 32), (uint)both);
        }

        set => Volatile.Write(ref imported, ((ulong)value.Inodes << 32) | value.Chunks);
    }

    /// <inheritdoc/>
    public int ShardCount => shards;

    /// <inheritdoc/>
    public int ShardOf(uint inode) => ShardLayout.ShardOf(inode, shards, Imported);
}

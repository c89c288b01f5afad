using MfsHa.Cluster.Replicas;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>
/// The whole metadata of a cluster with one shard, for reading: the shard at one index of its log, the system group at a later moment, so that every session that the shard knows
/// is there unless it has ended. Keeps overwritten records alive: dispose within minutes. One reader at a time.
/// </summary>
public sealed class MetadataCut : IDisposable
{
    private const int HotEntries = 4096;
    private readonly GroupView shardView;
    private readonly GroupView systemView;

    internal MetadataCut(GroupView shardView, GroupView systemView)
    {
        this.shardView = shardView;
        this.systemView = systemView;
        Shard = new NamespaceState(shardView, Routing.GroupNumbers.OfShard(0), HotEntries);
        System = new SystemState(systemView);
    }

    /// <summary>The shard.</summary>
    public NamespaceState Shard { get; }

    /// <summary>The system group.</summary>
    public SystemState System { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        shardView.Dispose();
        systemView.Dispose();
    }
}

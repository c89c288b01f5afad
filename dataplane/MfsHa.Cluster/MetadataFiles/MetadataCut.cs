using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.MetadataFiles;

/// <summary>
/// The whole metadata of a cluster, for reading: all shards as they were at one moment, with no transaction between them half done, and the system group at a later moment, so that
/// every session that a shard knows is there unless it has ended. Keeps overwritten records alive: dispose within minutes. One reader at a time.
/// </summary>
public sealed class MetadataCut : IDisposable
{
    private const int HotEntries = 4096;
    private readonly IReadOnlyList<GroupView> shardViews;
    private readonly GroupView systemView;

    internal MetadataCut(IReadOnlyList<GroupView> shardViews, GroupView systemView, TimeSpan pause)
    {
        this.shardViews = shardViews;
        this.systemView = systemView;
        Pause = pause;
        Shards = [.. shardViews.Select(static (view, shard) => new NamespaceState(view, GroupNumbers.OfShard(shard), HotEntries))];
        System = new SystemState(systemView);
        Settled = CutSettlement.Settle(Shards);
    }

    /// <summary>The shards, by number.</summary>
    public IReadOnlyList<NamespaceState> Shards { get; }

    /// <summary>The system group.</summary>
    public SystemState System { get; }

    /// <summary>The longest time that a shard's commands were held up for the cut, attempts that have failed included; zero with one shard.</summary>
    public TimeSpan Pause { get; }

    /// <summary>Parts of transactions that were under way at the moment of the cut, and were brought to their end in it.</summary>
    public int Settled { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var view in shardViews)
        {
            view.Dispose();
        }

        systemView.Dispose();
    }
}

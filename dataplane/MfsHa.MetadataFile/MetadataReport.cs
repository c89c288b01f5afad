using MfsHa.Metadata.State;

namespace MfsHa.MetadataFile;

/// <summary>What was written or read, and what could not be kept.</summary>
public sealed class MetadataReport
{
    /// <summary>Most losses that are listed; further ones are only counted.</summary>
    public const int MaxListed = 100;

    private readonly List<string> losses = [];

    /// <summary>Objects: files, directories and others, trash and sustained files included.</summary>
    public long Inodes { get; internal set; }

    /// <summary>Directory entries, those of trash and sustained files included.</summary>
    public long Entries { get; internal set; }

    /// <summary>Chunks.</summary>
    public long Chunks { get; internal set; }

    /// <summary>Client sessions.</summary>
    public long Sessions { get; internal set; }

    /// <summary>Storage classes.</summary>
    public long StorageClasses { get; internal set; }

    /// <summary>Quotas.</summary>
    public long Quotas { get; internal set; }

    /// <summary>Extended attributes.</summary>
    public long Xattrs { get; internal set; }

    /// <summary>ACLs.</summary>
    public long Acls { get; internal set; }

    /// <summary>Known chunkservers.</summary>
    public long ChunkServers { get; internal set; }

    /// <summary>Files of the trash.</summary>
    public long TrashFiles { get; internal set; }

    /// <summary>Unlinked files that are open.</summary>
    public long SustainedFiles { get; internal set; }

    /// <summary>Changes that were replayed from changelogs.</summary>
    public long Replayed { get; internal set; }

    /// <summary>What could not be kept, at most <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<string> Losses => losses;

    /// <summary>How many losses there are.</summary>
    public long LossCount { get; private set; }

    /// <summary>Counts what changelogs have changed.</summary>
    internal void CountAgain(NamespaceState shard)
    {
        var counters = shard.Counters;
        (Inodes, Chunks, TrashFiles, SustainedFiles) = (counters.Inodes, counters.Chunks, counters.TrashFiles, counters.SustainedFiles);
        Entries = shard.Edges.All().LongCount() + TrashFiles + SustainedFiles;
        Quotas = shard.Quotas.All().LongCount();
        Xattrs = shard.Xattrs.All().LongCount();
        Acls = shard.Acls.All().LongCount();
    }

    /// <summary>Notes something that could not be kept.</summary>
    internal void Lose(string what)
    {
        LossCount++;
        if (losses.Count < MaxListed)
        {
            losses.Add(what);
        }
    }
}

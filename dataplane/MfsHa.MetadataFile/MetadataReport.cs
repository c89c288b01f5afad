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

    /// <summary>What could not be kept, at most <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<string> Losses => losses;

    /// <summary>How many losses there are.</summary>
    public long LossCount { get; private set; }

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

using MfsHa.MetadataFile.Changelogs;

namespace MfsHa.MetadataFile;

/// <summary>How a metadata.mfs is read.</summary>
/// <param name="Now">Unix seconds.</param>
/// <param name="IsRestore">
/// True when the file is a backup of a cluster that went on after it was made: chunkservers and clients may know of objects and chunks of a later time, whose numbers are not given out
/// again, and no copy of a chunk is deleted until an administrator releases that.
/// </param>
public sealed record ImportOptions(uint Now, bool IsRestore = false)
{
    /// <summary>Changelogs with changes that the mfsmaster made after it had stored the file (<see cref="MasterFiles"/>): they are replayed.</summary>
    public IReadOnlyList<ChangelogFile> Changelogs { get; init; } = [];

    /// <summary>The mfsmaster's KEEP_EMPTY_FILES_IN_TRASH, which decides what deletions in changelogs have done.</summary>
    public bool KeepsEmptyFilesInTrash { get; init; }

    /// <summary>Says how far it is.</summary>
    public ImportMeter Meter { get; init; } = new();
}

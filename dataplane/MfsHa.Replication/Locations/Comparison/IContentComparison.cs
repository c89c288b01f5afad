namespace MfsHa.Replication.Locations.Comparison;

/// <summary>
/// What nodes need of each other's chunk locations to compare their contents. A comparison has a name of its own; what is kept for it is dropped when it ends, or when nobody asks any more.
/// Thread-safe; no lock is held for longer than a batch of 65,536 changes takes.
/// </summary>
public interface IContentComparison
{
    /// <summary>Counts a stream's copies on, at most <paramref name="maxChanges"/> changes of it. The first call begins it.</summary>
    ScanStep Scan(Guid comparison, ChunkServerIncarnation stream, int maxChanges);

    /// <summary>Forgets all that is kept for a comparison.</summary>
    void EndScans(Guid comparison);

    /// <summary>
    /// Copies that are present behind a sequence number, in order: fills a page, sets the cursor behind what was looked at. Returns how many; the page may be empty though more follows.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cursor">Behind which sequence number; set for the next page.</param>
    /// <param name="page">Gets the copies.</param>
    /// <param name="isEnd">True when there is nothing behind the page now.</param>
    int ReadCopies(ChunkServerIncarnation stream, ref long cursor, Span<CopyState> page, out bool isEnd);

    /// <summary>One copy of a stream as it stands here, and the last change of the stream that is seen here; null when the stream is unknown or over.</summary>
    (CopyState Copy, long Seen)? FindCopy(ChunkServerIncarnation stream, ulong chunkId);

    /// <summary>Per chunkserver the epoch below which connections were dropped by decision, of which all nodes must hear.</summary>
    IReadOnlyList<(ushort ChunkServerId, ulong Epoch)> Dropped();
}

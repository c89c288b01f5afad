namespace MfsHa.Replication.Locations;

/// <summary>
/// The merged picture of what chunkservers have reported to any node. It is evidence, not truth: it may lag, and nothing may be deleted because of it alone.
/// Thread-safe.
/// </summary>
public interface IChunkLocationView
{
    /// <summary>The connections of chunkservers that are not superseded, ended ones included.</summary>
    IReadOnlyList<ChunkServerStatus> Servers { get; }

    /// <summary>
    /// Raised after what is known of a chunkserver changed (new, complete, ended, superseded, new information), outside all locks. Handlers do not block.
    /// </summary>
    event Action<ChunkServerIncarnation>? ServerChanged;

    /// <summary>The state of one connection, or null when it is unknown or superseded.</summary>
    ChunkServerStatus? FindServer(ChunkServerIncarnation incarnation);

    /// <summary>
    /// Finds all copies and parts of a chunk, on connected chunkservers and on those whose connection was lost but that did not
    /// register anew. While a chunkserver registers anew, what it has not yet reported is taken from its former connection.
    /// </summary>
    /// <param name="chunkId">Chunk id; the top byte is ignored.</param>
    /// <param name="target">Gets the locations.</param>
    /// <returns>How many there are; when that is more than <paramref name="target"/> holds, the rest is left out.</returns>
    int Find(ulong chunkId, Span<ChunkLocation> target);

    /// <summary>
    /// Reads the chunks of one connection page by page, in the order in which they changed. A chunk that changes meanwhile may come twice, none is missed.
    /// </summary>
    /// <param name="incarnation">The connection.</param>
    /// <param name="cursor">0 at the beginning; then as it was left.</param>
    /// <param name="page">Gets the copies.</param>
    /// <returns>How many were read; 0 at the end.</returns>
    int ReadChunks(ChunkServerIncarnation incarnation, ref long cursor, Span<ChunkCopy> page);

    /// <summary>
    /// Reads which chunks of one connection have changed, removals included, in the order in which they changed last. A removal that every node has seen long
    /// ago may be missed.
    /// </summary>
    /// <param name="incarnation">The connection.</param>
    /// <param name="cursor">0 at the beginning; then as it was left.</param>
    /// <param name="page">Gets chunk ids, the part in the top byte.</param>
    /// <returns>How many were read; 0 at the end.</returns>
    int ReadChanges(ChunkServerIncarnation incarnation, ref long cursor, Span<ulong> page);

    /// <summary>How many chunks a connection is known to have; 0 when it is unknown or superseded.</summary>
    int CountChunks(ChunkServerIncarnation incarnation);

    /// <summary>
    /// Forgets a connection and all earlier ones of the same chunkserver, here and on all other nodes. The decision is made elsewhere
    /// (the chunkserver was removed, or did not come back for too long).
    /// </summary>
    void Drop(ChunkServerIncarnation incarnation);
}

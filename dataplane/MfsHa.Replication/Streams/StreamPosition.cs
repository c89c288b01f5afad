namespace MfsHa.Replication.Streams;

/// <summary>How far a replica has read a stream.</summary>
/// <param name="Seen">All changes up to this one are known; 0 for none.</param>
/// <param name="RemovalsSeen">
/// What is known reflects all removals up to this one. More than <paramref name="Seen"/> while a stream is read from its beginning after
/// removals have been forgotten: what they removed is not told at all then.
/// </param>
public readonly record struct StreamPosition(long Seen, long RemovalsSeen)
{
    /// <summary>The position of a replica of which only the seen changes are known.</summary>
    public static StreamPosition At(long seen) => new(seen, seen);
}

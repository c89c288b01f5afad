using MfsHa.Replication.Crdt;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Streams;

/// <summary>
/// CRDT state that consists of streams of single writers and of a small summary that merges as a whole. This is what the ring carries;
/// it knows nothing of the content. Thread-safe.
/// </summary>
public interface IReplicatedStreams
{
    /// <summary>Distinguishes the states that share a ring; the same on all nodes.</summary>
    byte Kind { get; }

    /// <summary>Raised after a change, own or taken over, outside all locks. Handlers do not block.</summary>
    event Action? Changed;

    /// <summary>Grows whenever the summary changes.</summary>
    long SummaryVersion { get; }

    /// <summary>Adds to <paramref name="digest"/> how far each stream has been read, and which are over.</summary>
    void AddDigest(StreamDigest digest);

    /// <summary>
    /// Adds to <paramref name="available"/> what <see cref="Read"/> can give of each stream: more than the digest says while a stream is read again from its
    /// beginning, less while pieces wait for those that belong to them.
    /// </summary>
    void AddAvailable(VersionVector<StreamId> available);

    /// <summary>
    /// Writes the changes of a stream behind <paramref name="from"/>, at most about <paramref name="maxBytes"/> bytes of them.
    /// Changes that a later one made void are left out.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="from">How far the receiver has read it.</param>
    /// <param name="maxBytes">Bound for the piece; one change is written in any case.</param>
    /// <param name="target">Gets the piece.</param>
    /// <param name="to">What the receiver has seen after it has taken the piece.</param>
    ReadOutcome Read(StreamId stream, StreamPosition from, int maxBytes, WireWriter target, out long to);

    /// <summary>Takes a piece over. Throws <see cref="InvalidDataException"/>, having changed nothing, for a piece that cannot be.</summary>
    ApplyOutcome Apply(StreamId stream, long from, long to, ReadOnlySpan<byte> piece);

    /// <summary>This replica is too far behind to be told the removals: it has to read the stream again from its beginning. What is seen stays visible until then.</summary>
    void Restart(StreamId stream);

    /// <summary>Writes the summary.</summary>
    void WriteSummary(WireWriter target);

    /// <summary>Merges the summary of another replica. Throws <see cref="InvalidDataException"/>.</summary>
    void MergeSummary(ReadOnlySpan<byte> summary);

    /// <summary>Once per gossip interval. Forgets removals that every member has seen; <paramref name="stable"/> gives the last sequence number of a stream seen by all.</summary>
    void Tick(Func<StreamId, long> stable);

    /// <summary>Does at most about <paramref name="budget"/> steps of deferred work. True when more is left.</summary>
    bool Maintain(int budget);
}

/// <summary>What a stream could give.</summary>
public enum ReadOutcome
{
    /// <summary>There is nothing behind what the receiver has seen.</summary>
    Nothing,

    /// <summary>A piece was written, and nothing is behind it.</summary>
    Last,

    /// <summary>A piece was written, and more is behind it.</summary>
    More,

    /// <summary>Removals that the receiver has not seen are forgotten here: it must restart the stream.</summary>
    Restart,
}

/// <summary>What became of a piece.</summary>
public enum ApplyOutcome
{
    /// <summary>All of it had been seen, or the stream is over.</summary>
    Old,

    /// <summary>It was new, at least in part.</summary>
    Applied,

    /// <summary>Changes or removals before it are missing; it was not taken.</summary>
    Gap,

    /// <summary>
    /// This replica is between pieces of a sender that had got further than the one of this piece; it was not taken.
    /// </summary>
    Refused,
}

using System.Collections.Concurrent;

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>
/// Chunks for which this leader has an order of the care of copies under way. A write of such a chunk takes a new version, so that what the order makes or leaves
/// never looks current: the care marks first and then looks for the write's lock, the write locks first and then looks for the mark, and for the doubt that stays when
/// the mark is gone (<see cref="TrustedCopies.Doubt"/>): a short order may begin and end while the write's lock is being committed. Thread-safe.
/// </summary>
public sealed class ChunksUnderCare
{
    private readonly ConcurrentDictionary<ulong, byte> chunks = new();

    /// <summary>How many.</summary>
    public int Count => chunks.Count;

    /// <summary>Marks a chunk; false if it is marked.</summary>
    public bool TryEnter(ulong chunk) => chunks.TryAdd(chunk, 0);

    /// <summary>Takes the mark away.</summary>
    public void Leave(ulong chunk) => chunks.TryRemove(chunk, out _);

    /// <summary>True while a chunk is marked.</summary>
    public bool Contains(ulong chunk) => chunks.ContainsKey(chunk);
}

namespace MfsHa.Replication.Locations;

/// <summary>
/// Sequence number to chunk of one stream, in order, 12 bytes a pair. A chunk that changes gets a new pair; the old one is stale until
/// <see cref="Compact"/>. Not thread-safe.
/// </summary>
internal sealed class SequenceIndex
{
    private const int SegmentSize = 1024;

    /// <summary>So many stale pairs are never worth the work.</summary>
    private const int MinStale = 4096;

    private List<Segment> _segments = [];

    /// <summary>Pairs, stale ones included.</summary>
    public int Count { get; private set; }

    /// <summary>How many pairs are known to be stale.</summary>
    public int Stale { get; private set; }

    /// <summary>True when more than half is stale.</summary>
    public bool NeedsCompaction => Stale > MinStale && Stale * 2L > Count;

    /// <summary>Appends a pair of a larger sequence number than any before.</summary>
    public void Append(long sequence, ulong chunkId)
    {
        var last = _segments.Count > 0 ? _segments[^1] : null;
        if (last is null || last.Count == SegmentSize || sequence - last.Base > uint.MaxValue)
            _segments.Add(last = new Segment(sequence));
        last.Offsets[last.Count] = (uint)(sequence - last.Base);
        last.ChunkIds[last.Count++] = chunkId;
        Count++;
    }

    /// <summary>Notes that one pair has become stale.</summary>
    public void MarkStale() => Stale++;

    /// <summary>The pairs behind a sequence number, in order.</summary>
    public IEnumerable<(long Sequence, ulong ChunkId)> After(long sequence)
    {
        var first = FirstSegmentThatMayHold(sequence);
        for (var s = first; s < _segments.Count; s++)
        {
            var segment = _segments[s];
            for (var i = s == first ? segment.FirstAfter(sequence) : 0; i < segment.Count; i++)
                yield return (segment.Base + segment.Offsets[i], segment.ChunkIds[i]);
        }
    }

    /// <summary>Drops the pairs that are not current.</summary>
    public void Compact(Func<ulong, long, bool> isCurrent)
    {
        var former = After(0);
        var compacted = new SequenceIndex();
        foreach (var (sequence, chunkId) in former)
        {
            if (isCurrent(chunkId, sequence))
                compacted.Append(sequence, chunkId);
        }

        (_segments, Count, Stale) = (compacted._segments, compacted.Count, 0);
    }

    private int FirstSegmentThatMayHold(long sequence)
    {
        // The last segment that begins at or below the number; the first one when there is none.
        int low = 0, high = _segments.Count;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (_segments[middle].Base <= sequence)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    private sealed class Segment(long first)
    {
        public readonly long Base = first;
        public readonly uint[] Offsets = new uint[SegmentSize];
        public readonly ulong[] ChunkIds = new ulong[SegmentSize];
        public int Count;

        public int FirstAfter(long sequence)
        {
            if (sequence < Base)
                return 0;
            int low = 0, high = Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (Base + Offsets[middle] <= sequence)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low;
        }
    }
}

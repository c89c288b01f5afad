namespace MfsHa.Replication.Locations.Comparison;

/// <summary>
/// Adds up the live copies of a content, from the table, in batches and in the order of their sequence numbers, while changes go on. What is counted already and replaced
/// meanwhile is taken out again; what replaces it has a higher number and is met later. When everything is counted, the states that follow are counted the same way, and
/// remembered, so that nodes whose positions move find one that all of them had. Everything is done under the incarnation's lock.
/// </summary>
internal sealed class ContentScan(Guid comparison)
{
    /// <summary>Other nodes get changes some milliseconds later: so many states reach back for seconds.</summary>
    public const int MaxStates = 256;

    private readonly Queue<ContentState> _states = new();
    private ContentState _last;
    private long _cursor;
    private long _copies;
    private ulong _sum;

    /// <summary>The comparison that wants it.</summary>
    public Guid Comparison { get; } = comparison;

    /// <summary>Intervals since anybody has asked for it.</summary>
    public int IdleTicks { get; set; }

    /// <summary>The states that the content had since everything was counted, the last <see cref="MaxStates"/> of those that were noted.</summary>
    public IReadOnlyList<ContentState> States => [.. _states];

    /// <summary>A record was replaced, or removed from the table.</summary>
    public void Replaced(ulong chunkId, in LocationRecord record)
    {
        if (record.IsRemoved || record.Sequence > _cursor)
            return;
        _sum -= ContentHash.OfCopy(chunkId, record);
        _copies--;
    }

    /// <summary>Counts what is new, when everything was counted once: <paramref name="maxPairs"/> bounds the time.</summary>
    public void Follow(StreamContent content, int maxPairs)
    {
        if (_states.Count > 0)
            Step(content, maxPairs);
    }

    /// <summary>Counts on; <paramref name="maxPairs"/> bounds the time. True when all is counted: then the state is noted. Only between changes that belong together.</summary>
    public bool Step(StreamContent content, int maxPairs)
    {
        foreach (var (at, chunkId) in content.Pairs(_cursor))
        {
            if (maxPairs-- == 0)
                return false;
            _cursor = at;
            if (!content.TryGet(chunkId, out var record) || record.Sequence != at || record.IsRemoved)
                continue;
            _sum += ContentHash.OfCopy(chunkId, record);
            _copies++;
        }

        _cursor = content.Seen;
        Note(content);
        return true;
    }

    private void Note(StreamContent content)
    {
        if (_states.Count > 0 && _last.Seen == content.Seen)
            return;
        _last = new ContentState(content.Seen, _copies, _sum, ContentHash.OfRegister(content.Entry));
        _states.Enqueue(_last);
        if (_states.Count > MaxStates)
            _states.Dequeue();
    }
}

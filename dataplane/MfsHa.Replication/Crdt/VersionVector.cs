namespace MfsHa.Replication.Crdt;

/// <summary>
/// What has been seen: of each origin all events up to a sequence number. Merging takes the larger number per origin.
/// Not thread-safe.
/// </summary>
/// <typeparam name="TOrigin">Identifies an origin.</typeparam>
public sealed class VersionVector<TOrigin>
    where TOrigin : notnull
{
    private readonly Dictionary<TOrigin, long> _seen = [];

    /// <summary>The origins of which something has been seen, with the last sequence number.</summary>
    public IReadOnlyDictionary<TOrigin, long> Seen => _seen;

    /// <summary>The last sequence number seen of an origin; 0 for none.</summary>
    public long this[TOrigin origin] => _seen.GetValueOrDefault(origin);

    /// <summary>True when the event has been seen.</summary>
    public bool Contains(Dot<TOrigin> dot) => this[dot.Origin] >= dot.Sequence;

    /// <summary>Notes that all events of an origin up to <paramref name="sequence"/> have been seen. True when that is news.</summary>
    public bool Advance(TOrigin origin, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        if (sequence <= this[origin])
            return false;
        _seen[origin] = sequence;
        return true;
    }

    /// <summary>Takes the larger number of each origin. True when anything changed.</summary>
    public bool Merge(VersionVector<TOrigin> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var changed = false;
        foreach (var (origin, sequence) in other._seen)
            changed |= Advance(origin, sequence);
        return changed;
    }

    /// <summary>True when everything that <paramref name="other"/> has seen is seen here.</summary>
    public bool Covers(VersionVector<TOrigin> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other._seen.All(pair => this[pair.Key] >= pair.Value);
    }

    /// <summary>Forgets origins that no longer exist, so that the vector does not grow for ever.</summary>
    public void Retain(Func<TOrigin, bool> exists)
    {
        foreach (var origin in _seen.Keys.Where(origin => !exists(origin)).ToList())
            _seen.Remove(origin);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _seen.Clear();

    /// <summary>An independent copy.</summary>
    public VersionVector<TOrigin> Copy()
    {
        var copy = new VersionVector<TOrigin>();
        copy.Merge(this);
        return copy;
    }
}

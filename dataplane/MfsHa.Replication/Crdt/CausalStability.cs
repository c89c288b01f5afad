namespace MfsHa.Replication.Crdt;

/// <summary>
/// Tells which events every member has seen: what was removed by such an event can be forgotten for good. Knowledge of each member's
/// version vector may be old; then less is stable, never more. Not thread-safe.
/// </summary>
/// <typeparam name="TMember">Identifies a member.</typeparam>
/// <typeparam name="TOrigin">Identifies an origin of events.</typeparam>
public sealed class CausalStability<TMember, TOrigin>
    where TMember : notnull
    where TOrigin : notnull
{
    private readonly Dictionary<TMember, VersionVector<TOrigin>> _seenBy = [];

    /// <summary>What is known to have been seen by whom.</summary>
    public IReadOnlyDictionary<TMember, VersionVector<TOrigin>> SeenBy => _seenBy;

    /// <summary>Notes what a member has seen, by itself or by hearsay.</summary>
    public void Observe(TMember member, VersionVector<TOrigin> seen)
    {
        if (!_seenBy.TryGetValue(member, out var known))
            _seenBy.Add(member, known = new VersionVector<TOrigin>());
        known.Merge(seen);
    }

    /// <summary>All members have seen the events of <paramref name="origin"/> up to the returned number. 0 as long as one of them was never heard of.</summary>
    public long Stable(TOrigin origin, IReadOnlyCollection<TMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var stable = long.MaxValue;
        foreach (var member in members)
            stable = Math.Min(stable, _seenBy.TryGetValue(member, out var seen) ? seen[origin] : 0);
        return members.Count == 0 ? 0 : stable;
    }

    /// <summary>Forgets members and origins that no longer exist.</summary>
    public void Retain(Func<TMember, bool> isMember, Func<TOrigin, bool> exists)
    {
        foreach (var member in _seenBy.Keys.Where(member => !isMember(member)).ToList())
            _seenBy.Remove(member);
        foreach (var seen in _seenBy.Values)
            seen.Retain(exists);
    }
}

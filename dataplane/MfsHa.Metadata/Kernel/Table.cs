using System.Runtime.InteropServices;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Metadata.Kernel;

/// <summary>
/// One kind of records of a state: a map from keys to immutable values, ordered by the bytes of the keys.
/// Reads and writes go through decoded objects in memory (HOT tier); changes wait in memory until
/// <see cref="StateTables.WritePending"/> writes those of all tables in one atomic step. What is cached never changes a result.
/// </summary>
/// <typeparam name="TKey">Key.</typeparam>
/// <typeparam name="TValue">Value; immutable.</typeparam>
/// <typeparam name="TKeyCodec">Bytes of keys.</typeparam>
/// <typeparam name="TValueCodec">Bytes of values.</typeparam>
public sealed partial class Table<TKey, TValue, TKeyCodec, TValueCodec> : ITable
    where TKey : notnull
    where TValue : class
    where TKeyCodec : IKeyCodec<TKey>
    where TValueCodec : IValueCodec<TValue>
{
    private readonly StateTables owner;
    private readonly byte[] prefix;
    private readonly byte[] end;
    private readonly ClockCache<TKey, TValue?> cache;
    private readonly Dictionary<TKey, TValue?> pending = [];
    private readonly PendingOrder<TKey, TKeyCodec> pendingOrder = new();
    private readonly List<(TKey Key, bool WasPending, TValue? Before)> changes = [];
    private readonly KeyCeiling ceiling;

    internal Table(StateTables owner, byte[] prefix, int cacheEntries, Func<TKey, uint>? unitOf = null, bool lockable = true, UnitPart part = UnitPart.Settled, Func<TKey, Name>? nameOf = null)
    {
        this.owner = owner;
        this.prefix = prefix;
        this.unitOf = unitOf;
        this.lockable = lockable;
        this.part = part;
        this.nameOf = nameOf;
        end = KeyRange.After(prefix);
        cache = new ClockCache<TKey, TValue?>(cacheEntries);
        ceiling = new KeyCeiling(prefix, end, prefix.Length + TKeyCodec.MaxLength);
    }

    int ITable.PendingCount => pending.Count;

    int ITable.CachedCount => cache.Count + pending.Count;

    int ITable.CacheLimit => cache.Capacity;

    /// <summary>The value of a key, or null.</summary>
    public TValue? Get(TKey key) =>
        owner.Reach is { } reach && unitOf is not null && !reach.EnterRead(unitOf(key), part.ToRead(), lockable, NameHash(reach, key)) ? GetOutside(reach, unitOf(key), key) : GetHere(key);

    private TValue? GetHere(TKey key)
    {
        owner.NoteLookup();
        if (pending.TryGetValue(key, out var value) || cache.TryGet(key, out value))
        {
            return value;
        }

        Span<byte> buffer = stackalloc byte[prefix.Length + TKeyCodec.MaxLength];
        var encoded = Encode(key, buffer);
        if (ceiling.IsBelow(owner.Store, encoded))
        {
            return null;
        }

        owner.NoteMiss();
        var bytes = owner.Store.Get(encoded);
        value = bytes is null ? null : TValueCodec.Read(bytes);
        cache.Set(key, value);
        return value;
    }

    /// <summary>The value of a key that must exist; <see cref="InvariantException"/> if it does not.</summary>
    public TValue Require(TKey key) =>
        Get(key) ?? throw new InvariantException($"{typeof(TValue).Name} {key} is missing");

    /// <summary>True when the key has a value.</summary>
    public bool Contains(TKey key) => Get(key) is not null;

    /// <summary>Inserts or replaces.</summary>
    public void Set(TKey key, TValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Change(key, value);
    }

    /// <summary>Inserts; the key must be new.</summary>
    public void Add(TKey key, TValue value)
    {
        if (Get(key) is not null)
        {
            throw new InvariantException($"{typeof(TValue).Name} {key} exists already");
        }

        Set(key, value);
    }

    /// <summary>Removes; the key must exist.</summary>
    public void Remove(TKey key)
    {
        if (Get(key) is null)
        {
            throw new InvariantException($"{typeof(TValue).Name} {key} is missing and cannot be removed");
        }

        Change(key, null);
    }

    /// <summary>
    /// The records with keys in [<paramref name="from"/>, <paramref name="until"/>) in byte order, as they are now, pending changes included.
    /// <paramref name="until"/> may be default (null for reference keys) together with <paramref name="toEnd"/> for "to the end of the table".
    /// Do not change the table while enumerating.
    /// </summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Range(TKey from, TKey until, bool toEnd = false)
    {
        var lower = EncodeToArray(from);
        var upper = toEnd ? end : EncodeToArray(until);
        return owner.Reach is { } reach && unitOf is not null && !reach.EnterRead(unitOf(from), part.ToList(), lockable)
            ? RangeOutside(reach, unitOf(from), lower, upper)
            : Scan(lower, upper);
    }

    /// <summary>All records.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> All() => Scan(prefix, end);

    /// <summary>The keys whose values were set or removed since the changes before were kept or undone, each once.</summary>
    public List<TKey> ChangedKeys() => [.. changes.Select(static c => c.Key).Distinct()];

    void ITable.UndoChanges()
    {
        for (var i = changes.Count - 1; i >= 0; i--)
        {
            var (key, wasPending, before) = changes[i];
            if (wasPending)
            {
                pending[key] = before;
            }
            else
            {
                pending.Remove(key);
            }
        }

        changes.Clear();
    }

    void ITable.KeepChanges() => changes.Clear();

    void ITable.TakePending(List<StoreChange> target)
    {
        foreach (var (key, value) in pending)
        {
            target.Add(new StoreChange(EncodeToArray(key), value is null ? null : TValueCodec.Write(value)));
            cache.Set(key, value);
        }

        pending.Clear();
        pendingOrder.Clear();
    }

    void ITable.DropCache()
    {
        if (pending.Count > 0)
        {
            throw new InvariantException($"{pending.Count} changes of {typeof(TValue).Name} would be lost");
        }

        cache.Clear();
        ceiling.Forget();
    }

    private void Change(TKey key, TValue? value)
    {
        if (owner.Reach is { } reach && unitOf is not null && !reach.EnterWrite(unitOf(key), lockable, reach.Locks.Count > 0 && MovesWith(key, value), part.ToWrite(), NameHash(reach, key)))
        {
            ChangeOutside(reach, key, value);
            return;
        }

        ChangeHere(key, value);
    }

    private void ChangeHere(TKey key, TValue? value)
    {
        if (changes.Count == 0)
        {
            owner.NoteChanged(this);
        }

        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(pending, key, out var wasPending);
        changes.Add((key, wasPending, slot));
        slot = value;
        if (!wasPending)
        {
            pendingOrder.Add(key);
            if (value is not null)
            {
                Span<byte> buffer = stackalloc byte[prefix.Length + TKeyCodec.MaxLength];
                ceiling.Raise(owner.Store, Encode(key, buffer));
            }
        }
    }

    private IEnumerable<KeyValuePair<TKey, TValue>> Scan(byte[] lower, byte[] upper)
    {
        var overlay = PendingIn(lower, upper);
        var next = 0;
        using var cursor = owner.Store.Open(lower, upper);
        var more = cursor.Next();
        while (more || next < overlay.Count)
        {
            var order = !more ? 1 : next == overlay.Count ? -1 : cursor.Key.SequenceCompareTo(overlay[next].Bytes);
            if (order < 0)
            {
                yield return new(TKeyCodec.Read(cursor.Key[prefix.Length..]), TValueCodec.Read(cursor.Value));
                more = cursor.Next();
                continue;
            }

            var (_, key, value) = overlay[next++];
            if (order == 0)
            {
                more = cursor.Next();
            }

            if (value is not null)
            {
                yield return new(key, value);
            }
        }
    }

    private List<(byte[] Bytes, TKey Key, TValue? Value)> PendingIn(byte[] lower, byte[] upper)
    {
        var found = new List<(byte[] Bytes, TKey Key, TValue? Value)>();
        if (pending.Count == 0)
        {
            return found;
        }

        var keys = pendingOrder.Keys(pending.Keys);
        for (var i = FirstFrom(keys, lower); i < keys.Count; i++)
        {
            var bytes = EncodeToArray(keys[i]);
            if (bytes.AsSpan().SequenceCompareTo(upper) >= 0)
            {
                break;
            }

            var isRepeated = found.Count > 0 && found[^1].Bytes.AsSpan().SequenceEqual(bytes);
            if (!isRepeated && pending.TryGetValue(keys[i], out var value))
            {
                found.Add((bytes, keys[i], value));
            }
        }

        return found;
    }

    private int FirstFrom(List<TKey> keys, byte[] lower)
    {
        Span<byte> buffer = stackalloc byte[prefix.Length + TKeyCodec.MaxLength];
        var low = 0;
        var high = keys.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Encode(keys[middle], buffer).SequenceCompareTo(lower) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private ReadOnlySpan<byte> Encode(TKey key, Span<byte> buffer)
    {
        prefix.CopyTo(buffer);
        return buffer[..(prefix.Length + TKeyCodec.Write(key, buffer[prefix.Length..]))];
    }

    private byte[] EncodeToArray(TKey key)
    {
        Span<byte> buffer = stackalloc byte[prefix.Length + TKeyCodec.MaxLength];
        return Encode(key, buffer).ToArray();
    }
}

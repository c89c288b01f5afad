using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;

namespace MfsHa.Metadata.Kernel;

/// <content>Records of other shards: what they have said, and what the running operation wants of them.</content>
public sealed partial class Table<TKey, TValue, TKeyCodec, TValueCodec>
{
    private readonly Func<TKey, uint>? unitOf;
    private readonly bool lockable;
    private readonly UnitPart part;
    private readonly Func<TKey, Name>? nameOf;
    private Outside? outside;

    byte ITable.Kind => prefix[^1];

    /// <summary>As <see cref="Get"/>, for an operation that only wants to know where a directory lies.</summary>
    internal TValue? GetPlace(TKey key) =>
        owner.Reach is { } reach && !reach.EnterRead(unitOf!(key), LockMode.Place, lockable) ? GetOutside(reach, unitOf!(key), key, settled: true) : GetHere(key);

    /// <summary>As <see cref="Get"/>, for an operation that does not look at what a directory's entries change in its record: its times and counts.</summary>
    internal TValue? GetSettled(TKey key) =>
        owner.Reach is { } reach && !reach.EnterRead(unitOf!(key), LockMode.Use, lockable) ? GetOutside(reach, unitOf!(key), key, settled: true) : GetHere(key);

    /// <summary>Writes what entries change in a directory's record of this shard, or one that was made by the running operation.</summary>
    internal void SetForEntries(TKey key, TValue value)
    {
        if (owner.Reach is not { } reach || reach.EnterWrite(unitOf!(key), lockable, moves: false, LockMode.Entries))
        {
            ChangeHere(key, value);
        }
        else
        {
            ChangeOutside(reach, key, value);
        }
    }

    /// <summary>True when the running operation writes this record of another shard as a whole.</summary>
    internal bool IsWrittenOutside(TKey key) => outside?.IsWritten.Contains(key) == true;

    /// <summary>What is known of another shard's record, as far as it has been told; null when only its settled part is.</summary>
    internal TValue? GetKnown(TKey key) => outside is not null && !outside.Partly.Contains(key) ? outside.Known.GetValueOrDefault(key) : null;

    /// <summary>What the running operation will find when it looks at another shard's record again.</summary>
    internal void Learn(TKey key, TValue value) => Know(key, value);

    /// <summary>What has to be asked about a record, null when it is here or has been told.</summary>
    internal RecordNeed? NeedOf(uint unit, TKey key, bool settled)
    {
        if (owner.Reach is not { } reach || reach.IsLocal(unit) || reach.IsFresh(unit) || IsKnown(unit, key, settled))
        {
            return null;
        }

        return new RecordNeed(prefix[^1], unit, Within(key)) { Settled = settled };
    }

    /// <summary>As <see cref="Get"/>, for tables whose keys do not tell to which unit they belong.</summary>
    internal TValue? GetOf(uint unit, TKey key) =>
        owner.Reach is { } reach && !reach.EnterRead(unit, LockMode.Shared, lockable: false) ? GetOutside(reach, unit, key) : GetHere(key);

    /// <summary>
    /// As <see cref="Expect"/>, for records of which one unit has many, or whose keys do not tell to which unit they belong: asks for all that are not known, or for
    /// <paramref name="most"/> of them at once.
    /// </summary>
    internal void ExpectOf(IEnumerable<(uint Unit, TKey Key)> keys, int most = int.MaxValue)
    {
        if (owner.Reach is not { } reach)
        {
            return;
        }

        var needs = keys
            .Where(k => !reach.IsLocal(k.Unit) && !reach.IsFresh(k.Unit) && outside?.Known.ContainsKey(k.Key) != true && outside?.Whole.Contains(k.Unit) != true)
            .DistinctBy(static k => k.Key)
            .Take(most)
            .Select(k => new RecordNeed(prefix[^1], k.Unit, Within(k.Key)))
            .ToList();
        if (needs.Count > 0)
        {
            throw new RecordsElsewhereException(needs);
        }
    }

    /// <summary>The value of a key of this shard, whether a transaction holds it or not.</summary>
    internal TValue? GetUnlocked(TKey key) => GetHere(key);

    /// <summary>What another shard has said of this key; null if nothing, or that there is no value. For tables of records that every shard has for itself.</summary>
    internal TValue? GetSupplied(TKey key) => outside?.Known.GetValueOrDefault(key);

    /// <summary>Makes sure that records of other shards are known before many of them are looked at one by one.</summary>
    internal void Expect(IEnumerable<TKey> keys)
    {
        if (owner.Reach is not { } reach)
        {
            return;
        }

        var needs = keys
            .Where(k => !reach.IsLocal(unitOf!(k)) && (outside?.Known.ContainsKey(k) != true || outside.Partly.Contains(k)))
            .Select(k => new RecordNeed(prefix[^1], unitOf!(k), Within(k)))
            .DistinctBy(static n => n.Unit)
            .ToList();
        if (needs.Count > 0)
        {
            throw new RecordsElsewhereException(needs);
        }
    }

    void ITable.Supply(RecordAnswer answer)
    {
        outside ??= new Outside();
        if (answer.Settled && outside.Whole.Contains(answer.Unit))
        {
            return; // more is known already
        }

        if (answer.Key is null)
        {
            outside.Whole.Add(answer.Unit);
        }
        else
        {
            var key = TKeyCodec.Read(answer.Key);
            Know(key, null);
            if (answer.Settled)
            {
                outside.Partly.Add(key);
            }
            else
            {
                outside.Partly.Remove(key);
            }
        }

        foreach (var (key, value) in answer.Values)
        {
            Know(TKeyCodec.Read(key), TValueCodec.Read(value));
            if (!answer.Settled)
            {
                outside.Partly.Remove(TKeyCodec.Read(key));
            }
        }
    }

    void ITable.TakeOutsideWrites(List<(uint Unit, RecordWrite Write)> target)
    {
        foreach (var key in outside!.Written)
        {
            var value = outside.Known[key];
            target.Add((unitOf!(key), new RecordWrite(prefix[^1], Within(key), value is null ? null : TValueCodec.Write(value))));
        }
    }

    void ITable.DropOutside() => outside = null;

    RecordAnswer ITable.Answer(RecordNeed need)
    {
        if (need.Key is not null)
        {
            var value = need.Settled ? SettledPart(GetSettled(TKeyCodec.Read(need.Key))) : Get(TKeyCodec.Read(need.Key));
            return new RecordAnswer(need.Kind, need.Unit, need.Key, value is null ? [] : [new KeyedValue(need.Key, TValueCodec.Write(value))]) { Settled = need.Settled };
        }

        // All tables that are asked so have keys that begin with the inode.
        Span<byte> unit = stackalloc byte[sizeof(uint)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(unit, need.Unit);
        byte[] lower = [.. prefix, .. unit];
        return new RecordAnswer(need.Kind, need.Unit, null, [.. Scan(lower, KeyRange.After(lower)).Select(r => new KeyedValue(Within(r.Key), TValueCodec.Write(r.Value)))]);
    }

    void ITable.Write(RecordWrite write) => Change(TKeyCodec.Read(write.Key), write.Value is null ? null : TValueCodec.Read(write.Value));

    private TValue? GetOutside(ShardReach reach, uint unit, TKey key, bool settled = false)
    {
        if (IsKnown(unit, key, settled))
        {
            return outside!.Known.GetValueOrDefault(key);
        }

        return reach.IsFresh(unit) ? null : throw new RecordsElsewhereException([new RecordNeed(prefix[^1], unit, Within(key)) { Settled = settled }]);
    }

    private bool IsKnown(uint unit, TKey key, bool settled) =>
        outside is not null && ((outside.Known.ContainsKey(key) && (settled || !outside.Partly.Contains(key))) || outside.Whole.Contains(unit));

    private ulong NameHash(ShardReach reach, TKey key) => nameOf is not null && reach.MindsNames(unitOf!(key)) ? LockKey.HashOf(nameOf(key)) : 0;

    // What is left out can neither be taken for true, nor make two answers differ that say the same.
    private static TValue? SettledPart(TValue? value) => value is Inode inode ? (TValue)(object)inode.SettledPart() : value;

    private List<KeyValuePair<TKey, TValue>> RangeOutside(ShardReach reach, uint unit, byte[] lower, byte[] upper)
    {
        if (outside?.Whole.Contains(unit) != true && !reach.IsFresh(unit))
        {
            throw new RecordsElsewhereException([new RecordNeed(prefix[^1], unit, null)]);
        }

        return
        [
            .. (outside?.KeysOf.GetValueOrDefault(unit) ?? [])
                .Where(k => outside!.Known[k] is not null)
                .Select(k => (Bytes: EncodeToArray(k), Record: KeyValuePair.Create(k, outside!.Known[k]!)))
                .Where(r => r.Bytes.AsSpan().SequenceCompareTo(lower) >= 0 && r.Bytes.AsSpan().SequenceCompareTo(upper) < 0)
                .OrderBy(static r => r.Bytes, ByteOrder)
                .Select(static r => r.Record),
        ];
    }

    private void ChangeOutside(ShardReach reach, TKey key, TValue? value)
    {
        outside ??= new Outside();
        if (outside.Written.Count == 0)
        {
            reach.NoteWritten(this);
        }

        Know(key, value);
        outside.Partly.Remove(key);
        if (part == UnitPart.Body)
        {
            reach.ForgetEntryChanges(unitOf!(key));
        }

        if (outside.IsWritten.Add(key))
        {
            outside.Written.Add(key);
        }
    }

    private void Know(TKey key, TValue? value)
    {
        if (!outside!.Known.TryAdd(key, value))
        {
            outside.Known[key] = value;
        }
        else if (unitOf is not null)
        {
            ref var keys = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(outside.KeysOf, unitOf(key), out _);
            (keys ??= []).Add(key);
        }
    }

    /// <summary>True when a change of this record moves or removes what others may hold in its place.</summary>
    private bool MovesWith(TKey key, TValue? value) =>
        typeof(TValue) == typeof(Inode) && (value is null || GetHere(key) is Inode before && before.Parent != ((Inode)(object)value).Parent);

    private byte[] Within(TKey key) => EncodeToArray(key)[prefix.Length..];

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));

    private sealed class Outside
    {
        public Dictionary<TKey, TValue?> Known { get; } = [];

        /// <summary>What is known, by unit.</summary>
        public Dictionary<uint, List<TKey>> KeysOf { get; } = [];

        /// <summary>Of these only the settled part is known.</summary>
        public HashSet<TKey> Partly { get; } = [];

        public HashSet<uint> Whole { get; } = [];

        public List<TKey> Written { get; } = [];

        public HashSet<TKey> IsWritten { get; } = [];
    }
}

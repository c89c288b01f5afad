using MfsHa.Metadata.Kernel;
using MfsHa.Storage.State;
using StoreCursor = MfsHa.Storage.StoreCursor;

namespace MfsHa.Cluster.Replicas;

/// <summary>
/// The records of one group in the node's state store. Keys begin with the group and a generation: a whole state that a peer ships is written
/// beside the current one under the next generation, and becomes the current one by one atomic change of the group's generation record.
/// Not thread-safe, except that <see cref="Flush"/> may run beside everything.
/// </summary>
public sealed class GroupStore : IOrderedStore, IBulkStore, IDisposable
{
    private const int GroupLength = 2;
    private const byte GenerationRecord = 0xFF;
    private const int Generations = 0xFF;
    internal const int MaxKeyOnStack = 512;

    private readonly StateStore store;
    private readonly byte[] generationKey;
    private readonly StateBatch batch = new();
    private byte generation;

    /// <summary>Opens the group's records; removes what an interrupted replacement left.</summary>
    public GroupStore(StateStore store, ushort group)
    {
        this.store = store;
        Group = group;
        generationKey = [(byte)(group >> 8), (byte)group, GenerationRecord];
        generation = store.Get(generationKey) is [var stored] ? stored : (byte)0;
        RemoveOtherGenerations();
    }

    /// <summary>The group.</summary>
    public ushort Group { get; }

    /// <inheritdoc/>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        Span<byte> physical = stackalloc byte[MaxKeyOnStack];
        return store.Get(Physical(key, generation, physical));
    }

    /// <inheritdoc/>
    public IStoreCursor Open(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until) =>
        new Cursor(store.Iterate(PhysicalBound(from, generation), PhysicalBound(until, generation)));

    /// <inheritdoc/>
    public byte[]? LastKey(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until)
    {
        using var cursor = new Cursor(store.Iterate(PhysicalBound(from, generation), PhysicalBound(until, generation), reverse: true));
        return cursor.Next() ? cursor.Key.ToArray() : null;
    }

    /// <inheritdoc/>
    public void Write(IReadOnlyList<StoreChange> changes)
    {
        batch.Clear();
        Span<byte> physical = stackalloc byte[MaxKeyOnStack];
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            var key = Physical(change.Key, generation, physical);
            if (change.Value is null)
            {
                batch.Delete(key);
            }
            else
            {
                batch.Put(key, change.Value);
            }
        }

        store.Write(batch);
        batch.Clear();
    }

    /// <inheritdoc/>
    public IBulkLoad BeginLoad() => new GroupLoad(store.BeginLoad(), generation);

    /// <summary>Makes everything written before the call durable.</summary>
    public void Flush() => store.Flush();

    /// <summary>Opens all records as they are now.</summary>
    public GroupSnapshot OpenSnapshot(LogPosition position)
    {
        var snapshot = store.Snapshot();
        return new GroupSnapshot(snapshot, store.Iterate([.. Prefix(generation)], KeyRange.After(Prefix(generation)), snapshot, fillCache: false), position);
    }

    /// <summary>Opens all records as they are now, for reading at any place.</summary>
    public GroupView OpenView() => new(store, store.Snapshot(), Group, Prefix(generation));

    /// <summary>Begins to write a whole new state beside the current one.</summary>
    public GroupReplacement BeginReplace()
    {
        var next = (byte)((generation + 1) % Generations);
        RemoveGeneration(next);
        return new GroupReplacement(this, next);
    }

    /// <summary>Deletes all records of a group that has no replica here any more, durably.</summary>
    public static void Delete(StateStore store, ushort group)
    {
        byte[] from = [(byte)(group >> 8), (byte)group];
        using var removal = new StateBatch();
        removal.DeleteRange(from, KeyRange.After(from));
        store.Write(removal);
        store.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => batch.Dispose();

    internal void WriteTo(byte target, StateBatch records)
    {
        if (target == generation)
        {
            throw new InvariantException($"group {Group}: a replacement would overwrite the current state");
        }

        store.Write(records);
    }

    internal void Adopt(byte target)
    {
        // First the records, then the switch: the state is never the new generation without all of its records.
        store.Flush();
        var former = generation;
        batch.Clear();
        batch.Put(generationKey, [target]);
        batch.DeleteRange(Prefix(former), KeyRange.After(Prefix(former)));
        store.Write(batch);
        store.Flush();
        batch.Clear();
        generation = target;
    }

    internal void RemoveGeneration(byte target)
    {
        if (target == generation)
        {
            throw new InvariantException($"group {Group}: the current state would be removed");
        }

        using var removal = new StateBatch();
        removal.DeleteRange(Prefix(target), KeyRange.After(Prefix(target)));
        store.Write(removal);
    }

    internal byte[] Prefix(byte target) => [(byte)(Group >> 8), (byte)Group, target];

    /// <summary>Where a key is in the store: its group is replaced by a prefix of group and generation, or of what was put aside.</summary>
    internal static ReadOnlySpan<byte> Physical(ReadOnlySpan<byte> key, ReadOnlySpan<byte> prefix, Span<byte> buffer)
    {
        prefix.CopyTo(buffer);
        key[GroupLength..].CopyTo(buffer[prefix.Length..]);
        return buffer[..(key.Length - GroupLength + prefix.Length)];
    }

    internal static byte[] PhysicalBound(ReadOnlySpan<byte> key, ReadOnlySpan<byte> prefix)
    {
        if (key.Length <= GroupLength)
        {
            throw new ArgumentException("a bound lies within one kind of records", nameof(key));
        }

        return Physical(key, prefix, stackalloc byte[MaxKeyOnStack]).ToArray();
    }

    internal static ReadOnlySpan<byte> Physical(ReadOnlySpan<byte> key, byte generation, Span<byte> buffer)
    {
        key[..GroupLength].CopyTo(buffer);
        buffer[GroupLength] = generation;
        key[GroupLength..].CopyTo(buffer[(GroupLength + 1)..]);
        return buffer[..(key.Length + 1)];
    }

    private static byte[] PhysicalBound(ReadOnlySpan<byte> key, byte generation) => PhysicalBound(key, [key[0], key[1], generation]);

    // From one generation that has records to the next: a look for each of the 255 would take its time at every start.
    private void RemoveOtherGenerations()
    {
        var from = Prefix(0);
        while (NextGeneration(from) is { } found)
        {
            if (found != generation)
            {
                RemoveGeneration(found);
            }

            from = KeyRange.After(Prefix(found));
        }
    }

    private byte? NextGeneration(byte[] from)
    {
        if (from.AsSpan().SequenceCompareTo(generationKey) >= 0)
        {
            return null;
        }

        using var cursor = store.Iterate(from, generationKey, fillCache: false);
        return cursor.MoveNext() ? cursor.Key[GroupLength] : null;
    }

    internal sealed class Cursor(StoreCursor inner, byte[]? group = null) : IStoreCursor
    {
        private byte[] key = new byte[64];
        private int length;

        public ReadOnlySpan<byte> Key => key.AsSpan(0, length);

        public ReadOnlySpan<byte> Value => inner.Value;

        public bool Next()
        {
            if (!inner.MoveNext())
            {
                return false;
            }

            var physical = inner.Key;
            length = physical.Length - 1;
            if (key.Length < length)
            {
                key = new byte[Math.Max(length, key.Length * 2)];
            }

            (group ?? physical[..GroupLength]).CopyTo(key);
            physical[(GroupLength + 1)..].CopyTo(key.AsSpan(GroupLength));
            return true;
        }

        public void Dispose() => inner.Dispose();
    }
}

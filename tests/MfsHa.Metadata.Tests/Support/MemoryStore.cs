using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Tests.Support;

/// <summary>An <see cref="IOrderedStore"/> over a sorted map. A cursor sees the records as they were when it was opened.</summary>
internal sealed class MemoryStore : IOrderedStore, IBulkStore
{
    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));

    private readonly SortedDictionary<byte[], byte[]> records = new(ByteOrder);
    private readonly Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> index = new Dictionary<byte[], byte[]>(new BytesComparer()).GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count => records.Count;

    /// <summary>All records in order, for comparing states.</summary>
    public IEnumerable<KeyValuePair<byte[], byte[]>> Records => records;

    public byte[]? Get(ReadOnlySpan<byte> key) => index.TryGetValue(key, out var value) ? (byte[])value.Clone() : null;

    public IStoreCursor Open(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until)
    {
        var lower = from.ToArray();
        var upper = until.ToArray();
        return new Cursor([.. records.SkipWhile(r => ByteOrder.Compare(r.Key, lower) < 0).TakeWhile(r => ByteOrder.Compare(r.Key, upper) < 0)]);
    }

    public byte[]? LastKey(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until)
    {
        byte[]? last = null;
        using var cursor = Open(from, until);
        while (cursor.Next())
        {
            last = cursor.Key.ToArray();
        }

        return last;
    }

    public void Write(IReadOnlyList<StoreChange> changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value is null)
            {
                records.Remove(key);
                index.Dictionary.Remove(key);
            }
            else
            {
                records[key] = value;
                index.Dictionary[key] = value;
            }
        }
    }

    /// <inheritdoc/>
    public IBulkLoad BeginLoad() => new BulkLoad(this);

    private sealed class BulkLoad(MemoryStore store) : IBulkLoad
    {
        private readonly List<StoreChange> added = [];

        public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            if (added.Count > 0 && added[^1].Key.AsSpan().SequenceCompareTo(key) >= 0)
            {
                throw new InvalidOperationException($"key {Convert.ToHexString(key)} comes behind {Convert.ToHexString(added[^1].Key)}");
            }

            added.Add(new StoreChange(key.ToArray(), value.ToArray()));
        }

        public void Complete() => store.Write(added);

        public void Dispose()
        {
        }
    }

    private sealed class Cursor(List<KeyValuePair<byte[], byte[]>> records) : IStoreCursor
    {
        private int place = -1;

        public ReadOnlySpan<byte> Key => records[place].Key;

        public ReadOnlySpan<byte> Value => records[place].Value;

        public bool Next() => ++place < records.Count;

        public void Dispose()
        {
        }
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}

using MfsHa.Metadata.Kernel;

namespace MfsHa.Metadata.Tests.SystemGroup;

/// <summary>An ordered store in memory.</summary>
internal sealed class SortedStore : IOrderedStore
{
    private readonly SortedDictionary<byte[], byte[]> records = new(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));

    public int Count => records.Count;

    public byte[]? Get(ReadOnlySpan<byte> key) => records.TryGetValue(key.ToArray(), out var value) ? value : null;

    public IStoreCursor Open(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until)
    {
        var (lower, upper) = (from.ToArray(), until.ToArray());
        return new Cursor([.. records.SkipWhile(r => r.Key.AsSpan().SequenceCompareTo(lower) < 0).TakeWhile(r => r.Key.AsSpan().SequenceCompareTo(upper) < 0)]);
    }

    public void Write(IReadOnlyList<StoreChange> changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value is null)
            {
                records.Remove(key);
            }
            else
            {
                records[key] = value;
            }
        }
    }

    private sealed class Cursor(KeyValuePair<byte[], byte[]>[] found) : IStoreCursor
    {
        private int at = -1;

        public ReadOnlySpan<byte> Key => found[at].Key;

        public ReadOnlySpan<byte> Value => found[at].Value;

        public bool Next() => ++at < found.Length;

        public void Dispose()
        {
        }
    }
}

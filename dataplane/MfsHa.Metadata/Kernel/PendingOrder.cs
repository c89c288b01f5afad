namespace MfsHa.Metadata.Kernel;

/// <summary>
/// The keys of a table's pending changes in the order of their bytes, made when somebody asks for a range and kept up with what is added later:
/// listing a directory must not look at everything that waits. May name keys that are no longer pending.
/// </summary>
/// <typeparam name="TKey">Key of the table.</typeparam>
/// <typeparam name="TKeyCodec">Bytes of keys.</typeparam>
internal sealed class PendingOrder<TKey, TKeyCodec>
    where TKey : notnull
    where TKeyCodec : IKeyCodec<TKey>
{
    /// <summary>More new keys than this fraction of the known ones are sorted in together instead of one by one.</summary>
    private const int FewNewKeys = 16;

    private static readonly Comparer<TKey> ByBytes = Comparer<TKey>.Create(Compare);
    private readonly List<TKey> sorted = [];
    private readonly List<TKey> added = [];
    private bool known;

    /// <summary>Notes a key that became pending.</summary>
    public void Add(TKey key)
    {
        if (known)
        {
            added.Add(key);
        }
    }

    /// <summary>Nothing is pending any more.</summary>
    public void Clear()
    {
        known = false;
        sorted.Clear();
        added.Clear();
    }

    /// <summary>All keys in order, after <paramref name="pending"/> was taken in if nobody has asked before.</summary>
    public List<TKey> Keys(ICollection<TKey> pending)
    {
        if (!known)
        {
            known = true;
            sorted.AddRange(pending);
            sorted.Sort(ByBytes);
            return sorted;
        }

        if (added.Count > FewNewKeys)
        {
            sorted.AddRange(added);
            sorted.Sort(ByBytes);
        }
        else
        {
            foreach (var key in added)
            {
                var place = sorted.BinarySearch(key, ByBytes);
                if (place < 0)
                {
                    sorted.Insert(~place, key);
                }
            }
        }

        added.Clear();
        return sorted;
    }

    private static int Compare(TKey a, TKey b)
    {
        Span<byte> first = stackalloc byte[TKeyCodec.MaxLength];
        Span<byte> second = stackalloc byte[TKeyCodec.MaxLength];
        return first[..TKeyCodec.Write(a, first)].SequenceCompareTo(second[..TKeyCodec.Write(b, second)]);
    }
}

namespace MfsHa.Metadata.Kernel;

/// <summary>
/// A key that no record of a table is above, in the order of the bytes. Numbers of inodes and chunks are given out upwards, so most questions whether a new one is
/// taken, and all questions to an empty table, are answered here without the store. It may be too high after removals, never too low.
/// </summary>
/// <param name="first">Where the table begins.</param>
/// <param name="end">Where it ends; belongs to the next table.</param>
/// <param name="maxLength">Longest key, in bytes.</param>
internal sealed class KeyCeiling(byte[] first, byte[] end, int maxLength)
{
    private readonly byte[] highest = new byte[maxLength];
    private int length;
    private bool isKnown;

    /// <summary>True when the table cannot have this key.</summary>
    public bool IsBelow(IOrderedStore store, ReadOnlySpan<byte> key)
    {
        Learn(store);
        return key.SequenceCompareTo(highest.AsSpan(0, length)) > 0;
    }

    /// <summary>The table has this key now.</summary>
    public void Raise(IOrderedStore store, ReadOnlySpan<byte> key)
    {
        if (IsBelow(store, key))
        {
            Set(key);
        }
    }

    /// <summary>The store's records have been replaced.</summary>
    public void Forget() => isKnown = false;

    private void Learn(IOrderedStore store)
    {
        if (!isKnown)
        {
            // An empty table: its prefix is below each of its keys.
            Set(store.LastKey(first, end) ?? first);
            isKnown = true;
        }
    }

    private void Set(ReadOnlySpan<byte> key)
    {
        key.CopyTo(highest);
        length = key.Length;
    }
}

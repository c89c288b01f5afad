namespace MfsHa.Metadata.Kernel;

/// <summary>
/// The ordered key-value records under a state machine. The state machine is the only writer.
/// Keys are compared as unsigned bytes. Implemented over RocksDB by the cluster layer and over a sorted map in tests.
/// </summary>
public interface IOrderedStore
{
    /// <summary>The value of a key, or null. The array belongs to the caller.</summary>
    byte[]? Get(ReadOnlySpan<byte> key);

    /// <summary>Opens a cursor over the keys in [<paramref name="from"/>, <paramref name="until"/>), ascending.</summary>
    IStoreCursor Open(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until);

    /// <summary>The highest key in [<paramref name="from"/>, <paramref name="until"/>), or null if there is none. The array belongs to the caller.</summary>
    byte[]? LastKey(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until);

    /// <summary>Applies all changes in one atomic step. Later changes of the same key win.</summary>
    void Write(IReadOnlyList<StoreChange> changes);
}

/// <summary>A forward cursor. Starts before the first record.</summary>
public interface IStoreCursor : IDisposable
{
    /// <summary>Moves to the next record; false at the end.</summary>
    bool Next();

    /// <summary>Key of the current record, valid until the next move.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>Value of the current record, valid until the next move.</summary>
    ReadOnlySpan<byte> Value { get; }
}

/// <summary>One change of a record.</summary>
/// <param name="Key">The whole key.</param>
/// <param name="Value">The new value; null deletes the record.</param>
public readonly record struct StoreChange(byte[] Key, byte[]? Value);

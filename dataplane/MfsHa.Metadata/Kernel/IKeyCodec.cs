namespace MfsHa.Metadata.Kernel;

/// <summary>How a table's keys become bytes. The order of the bytes is the order of the table.</summary>
/// <typeparam name="TKey">Key of the table.</typeparam>
public interface IKeyCodec<TKey>
{
    /// <summary>Writes the key (without the table's prefix) and returns its length.</summary>
    static abstract int Write(TKey key, Span<byte> destination);

    /// <summary>Reads back what <see cref="Write"/> wrote.</summary>
    static abstract TKey Read(ReadOnlySpan<byte> source);

    /// <summary>Most bytes that a key takes.</summary>
    static abstract int MaxLength { get; }
}

/// <summary>How a table's values become bytes. Equal values give equal bytes on every node.</summary>
/// <typeparam name="TValue">Value of the table; immutable.</typeparam>
public interface IValueCodec<TValue>
{
    /// <summary>Encodes a value.</summary>
    static abstract byte[] Write(TValue value);

    /// <summary>Decodes what <see cref="Write"/> encoded.</summary>
    static abstract TValue Read(ReadOnlySpan<byte> source);
}

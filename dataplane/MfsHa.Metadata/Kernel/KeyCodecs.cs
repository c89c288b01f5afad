using System.Buffers.Binary;

namespace MfsHa.Metadata.Kernel;

/// <summary>Key of one 32-bit number, big-endian.</summary>
public readonly struct UInt32Key : IKeyCodec<uint>
{
    /// <inheritdoc/>
    public static int MaxLength => 4;

    /// <inheritdoc/>
    public static int Write(uint key, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, key);
        return 4;
    }

    /// <inheritdoc/>
    public static uint Read(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt32BigEndian(source);
}

/// <summary>Key of one 64-bit number, big-endian.</summary>
public readonly struct UInt64Key : IKeyCodec<ulong>
{
    /// <inheritdoc/>
    public static int MaxLength => 8;

    /// <inheritdoc/>
    public static int Write(ulong key, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, key);
        return 8;
    }

    /// <inheritdoc/>
    public static ulong Read(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt64BigEndian(source);
}

/// <summary>Key of two 32-bit numbers, such as (inode, session).</summary>
public readonly struct UInt32PairKey : IKeyCodec<(uint First, uint Second)>
{
    /// <inheritdoc/>
    public static int MaxLength => 8;

    /// <inheritdoc/>
    public static int Write((uint First, uint Second) key, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, key.First);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], key.Second);
        return 8;
    }

    /// <inheritdoc/>
    public static (uint First, uint Second) Read(ReadOnlySpan<byte> source) =>
        (BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt32BigEndian(source[4..]));
}

/// <summary>Key of a 32-bit and a 64-bit number, such as (directory, edge id).</summary>
public readonly struct UInt32UInt64Key : IKeyCodec<(uint First, ulong Second)>
{
    /// <inheritdoc/>
    public static int MaxLength => 12;

    /// <inheritdoc/>
    public static int Write((uint First, ulong Second) key, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, key.First);
        BinaryPrimitives.WriteUInt64BigEndian(destination[4..], key.Second);
        return 12;
    }

    /// <inheritdoc/>
    public static (uint First, ulong Second) Read(ReadOnlySpan<byte> source) =>
        (BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[4..]));
}

/// <summary>Key of (32-bit number, 32-bit number, 64-bit number), such as (inode, parent, edge id).</summary>
public readonly struct UInt32UInt32UInt64Key : IKeyCodec<(uint First, uint Second, ulong Third)>
{
    /// <inheritdoc/>
    public static int MaxLength => 16;

    /// <inheritdoc/>
    public static int Write((uint First, uint Second, ulong Third) key, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, key.First);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], key.Second);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], key.Third);
        return 16;
    }

    /// <inheritdoc/>
    public static (uint First, uint Second, ulong Third) Read(ReadOnlySpan<byte> source) =>
        (BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt32BigEndian(source[4..]), BinaryPrimitives.ReadUInt64BigEndian(source[8..]));
}

/// <summary>Key of (32-bit number, name), such as (directory, entry name) or (inode, xattr name).</summary>
public readonly struct UInt32NameKey : IKeyCodec<(uint First, Name Second)>
{
    /// <inheritdoc/>
    public static int MaxLength => 4 + Name.MaxLength;

    /// <inheritdoc/>
    public static int Write((uint First, Name Second) key, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, key.First);
        key.Second.Span.CopyTo(destination[4..]);
        return 4 + key.Second.Length;
    }

    /// <inheritdoc/>
    public static (uint First, Name Second) Read(ReadOnlySpan<byte> source) =>
        (BinaryPrimitives.ReadUInt32BigEndian(source), new Name(source[4..].ToArray()));
}

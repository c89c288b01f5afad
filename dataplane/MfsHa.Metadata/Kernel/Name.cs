using System.IO.Hashing;
using System.Text;
using MemoryPack;

namespace MfsHa.Metadata.Kernel;

/// <summary>Raw bytes of a directory entry's or an extended attribute's name, 0..255 bytes. Compared byte by byte; never normalised.</summary>
[MemoryPackable]
public readonly partial struct Name : IEquatable<Name>, IComparable<Name>
{
    /// <summary>Most bytes of a name.</summary>
    public const int MaxLength = 255;

    private readonly byte[]? bytes;

    /// <summary>Takes ownership of the array.</summary>
    [MemoryPackConstructor]
    public Name(byte[]? bytes)
    {
        if (bytes is { Length: > MaxLength })
        {
            throw new ArgumentException($"a name has at most {MaxLength} bytes, this one {bytes.Length}", nameof(bytes));
        }

        this.bytes = bytes;
    }

    /// <summary>UTF-8 bytes of a text.</summary>
    public Name(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>The bytes, for serialisation.</summary>
    [MemoryPackInclude]
    public byte[]? Bytes => bytes;

    /// <summary>The bytes.</summary>
    [MemoryPackIgnore]
    public ReadOnlySpan<byte> Span => bytes;

    /// <summary>Number of bytes.</summary>
    [MemoryPackIgnore]
    public int Length => bytes?.Length ?? 0;

    /// <inheritdoc/>
    public bool Equals(Name other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Name other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)XxHash3.HashToUInt64(Span);

    /// <inheritdoc/>
    public int CompareTo(Name other) => Span.SequenceCompareTo(other.Span);

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <summary>Byte equality.</summary>
    public static bool operator ==(Name a, Name b) => a.Equals(b);

    /// <summary>Byte inequality.</summary>
    public static bool operator !=(Name a, Name b) => !a.Equals(b);

    /// <summary>Byte order.</summary>
    public static bool operator <(Name a, Name b) => a.CompareTo(b) < 0;

    /// <summary>Byte order.</summary>
    public static bool operator >(Name a, Name b) => a.CompareTo(b) > 0;

    /// <summary>Byte order.</summary>
    public static bool operator <=(Name a, Name b) => a.CompareTo(b) <= 0;

    /// <summary>Byte order.</summary>
    public static bool operator >=(Name a, Name b) => a.CompareTo(b) >= 0;
}

namespace MfsHa.Protocol.Framing;

/// <summary>A list entry of fixed size on the wire.</summary>
public interface IPackedItem<TSelf>
    where TSelf : struct, IPackedItem<TSelf>
{
    /// <summary>Bytes per entry.</summary>
    static abstract int Size { get; }

    /// <summary>Decodes the first <see cref="Size"/> bytes.</summary>
    static abstract TSelf Read(ReadOnlySpan<byte> source);

    /// <summary>Encodes into the first <see cref="Size"/> bytes.</summary>
    void Write(Span<byte> destination);
}

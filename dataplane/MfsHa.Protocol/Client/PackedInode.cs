using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>An inode number in a list.</summary>
public readonly record struct PackedInode(uint Inode) : IPackedItem<PackedInode>
{
    public static int Size => 4;

    public static PackedInode Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt32BigEndian(source));

    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, Inode);
}

using System.Buffers.Binary;

namespace MfsHa.Protocol.Framing;

/// <summary>The eight bytes before every payload: `type:u32 length:u32`, big-endian (`mfscommon/datapack.h`).</summary>
/// <param name="Length">Payload bytes that follow, message id included.</param>
public readonly record struct PacketHeader(PacketType Type, uint Length)
{
    public const int Size = 8;

    /// <summary>Bytes of the message id with which the payload of most client packets begins.</summary>
    public const int MessageIdSize = 4;

    public static PacketHeader Read(ReadOnlySpan<byte> source) => new(
        (PacketType)BinaryPrimitives.ReadUInt32BigEndian(source),
        BinaryPrimitives.ReadUInt32BigEndian(source[4..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Type);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Length);
    }
}

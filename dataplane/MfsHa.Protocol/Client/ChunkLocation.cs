using System.Buffers.Binary;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>One chunkserver that holds a chunk: 14 bytes of "csdata".</summary>
/// <param name="Ip">IPv4 address, first octet in the high byte.</param>
/// <param name="Version">The chunkserver's version, which tells the client which data protocol to speak.</param>
/// <param name="LabelMask">Bit 0 is label A.</param>
public readonly record struct ChunkLocation(uint Ip, ushort Port, PeerVersion Version, uint LabelMask)
    : IPackedItem<ChunkLocation>
{
    public static int Size => 14;

    public static ChunkLocation Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32BigEndian(source),
        BinaryPrimitives.ReadUInt16BigEndian(source[4..]),
        new PeerVersion(BinaryPrimitives.ReadUInt32BigEndian(source[6..])),
        BinaryPrimitives.ReadUInt32BigEndian(source[10..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Ip);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], Port);
        BinaryPrimitives.WriteUInt32BigEndian(destination[6..], Version.Wire);
        BinaryPrimitives.WriteUInt32BigEndian(destination[10..], LabelMask);
    }
}

using System.Buffers.Binary;

namespace MfsHa.NodeLink.Rpc;

/// <summary>
/// The header of a frame. Little-endian: length of the payload u32, kind u8, reserved u8 (0), method u16, id u32; then the payload.
/// </summary>
/// <param name="PayloadLength">Bytes that follow the header.</param>
/// <param name="Kind">What the frame is.</param>
/// <param name="Method">The called method; 0 in frames that only carry an id.</param>
/// <param name="Id">Chosen by the caller, unique among its waiting calls on the connection.</param>
internal readonly record struct FrameHeader(uint PayloadLength, FrameKind Kind, RpcMethod Method, uint Id)
{
    public const int Length = 12;

    public static FrameHeader Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(source),
        (FrameKind)source[4],
        (RpcMethod)BinaryPrimitives.ReadUInt16LittleEndian(source[6..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[8..]));

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, PayloadLength);
        target[4] = (byte)Kind;
        target[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], (ushort)Method);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Id);
    }
}

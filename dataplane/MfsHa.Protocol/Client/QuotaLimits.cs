using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Limits or usage of a directory: objects and bytes.</summary>
/// <param name="Length">Sum of file lengths.</param>
/// <param name="Size">Space of chunks, counted once.</param>
/// <param name="RealSize">Space of all copies.</param>
public readonly record struct QuotaLimits(uint Inodes, ulong Length, ulong Size, ulong RealSize)
{
    internal static QuotaLimits Parse(ref PacketReader reader) =>
        new(reader.U32(), reader.U64(), reader.U64(), reader.U64());

    internal void Write(ref PacketWriter writer)
    {
        writer.U32(Inodes);
        writer.U64(Length);
        writer.U64(Size);
        writer.U64(RealSize);
    }
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Counted strings whose last counted byte is a NUL.</summary>
internal static class ZeroTerminated
{
    /// <summary>Reads `len:u32 bytes NUL` and returns the bytes without the NUL.</summary>
    public static ReadOnlyMemory<byte> Parse(ref PacketReader reader, int maxLength = int.MaxValue)
    {
        ReadOnlyMemory<byte> bytes = reader.Str32(maxLength);
        if (bytes.IsEmpty || bytes.Span[^1] != 0)
        {
            reader.Fail("a string that ends with NUL", $"one of {bytes.Length} bytes that does not");
        }

        return bytes[..^1];
    }
}

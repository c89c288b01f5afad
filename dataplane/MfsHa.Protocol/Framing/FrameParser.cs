using System.Buffers;

namespace MfsHa.Protocol.Framing;

/// <summary>Cuts a byte stream into packets. Stateless; header and payload may lie in any number of segments.</summary>
public static class FrameParser
{
    /// <summary>Takes the first packet off <paramref name="buffer"/> if it is complete; otherwise leaves the buffer as it was.</summary>
    /// <param name="buffer">Unread bytes; on success advanced past the packet.</param>
    /// <param name="maxLength">Largest accepted payload length, see <see cref="FrameLimits"/>.</param>
    /// <param name="payload">The packet's bytes after the header; valid as long as the buffer's memory is.</param>
    /// <exception cref="MalformedPacketException">The header announces more than <paramref name="maxLength"/> bytes.</exception>
    public static bool TryReadFrame(
        ref ReadOnlySequence<byte> buffer, int maxLength, out PacketType type, out ReadOnlySequence<byte> payload)
    {
        type = default;
        payload = default;
        if (buffer.Length < PacketHeader.Size)
        {
            return false;
        }

        PacketHeader header = ReadHeader(buffer);
        if (header.Length > (uint)maxLength)
        {
            throw new MalformedPacketException(
                $"at most {maxLength} payload bytes", $"packet type {(uint)header.Type} of {header.Length}", 0);
        }

        if (buffer.Length - PacketHeader.Size < header.Length)
        {
            return false;
        }

        type = header.Type;
        payload = buffer.Slice(PacketHeader.Size, header.Length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    private static PacketHeader ReadHeader(in ReadOnlySequence<byte> buffer)
    {
        ReadOnlySpan<byte> first = buffer.FirstSpan;
        if (first.Length >= PacketHeader.Size)
        {
            return PacketHeader.Read(first);
        }

        Span<byte> header = stackalloc byte[PacketHeader.Size];
        buffer.Slice(0, PacketHeader.Size).CopyTo(header);
        return PacketHeader.Read(header);
    }
}

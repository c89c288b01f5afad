using System.Buffers.Binary;

namespace MfsHa.Consensus.Commands;

/// <summary>
/// Payload of a log entry with commands: version u8 (1), leader's clock in unix milliseconds i64, number of commands u32,
/// then per command its length u32 and its bytes; little-endian.
/// </summary>
internal static class CommandEntryFormat
{
    public const int HeaderLength = 13;
    public const int LengthPrefix = sizeof(uint);
    private const byte Version = 1;
    private const int TimeOffset = 1;
    private const int CountOffset = 9;

    public static void WriteHeader(Span<byte> payload, long unixMilliseconds, int count)
    {
        payload[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(payload[TimeOffset..], unixMilliseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[CountOffset..], (uint)count);
    }

    /// <summary>The clock of an entry; 0 when it is no entry of this format.</summary>
    public static long TimeOf(ReadOnlySpan<byte> payload) =>
        payload.Length >= HeaderLength && payload[0] == Version ? BinaryPrimitives.ReadInt64LittleEndian(payload[TimeOffset..]) : 0;

    /// <summary>Finds the commands of an entry; false when it is not of this format.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> payload, CommandList commands, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        commands.Clear();
        var span = payload.Span;
        if (span.Length < HeaderLength || span[0] != Version)
        {
            return false;
        }

        unixMilliseconds = BinaryPrimitives.ReadInt64LittleEndian(span[TimeOffset..]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(span[CountOffset..]);
        var at = HeaderLength;
        for (var i = 0u; i < count; i++)
        {
            if (span.Length - at < LengthPrefix)
            {
                return false;
            }

            var length = BinaryPrimitives.ReadUInt32LittleEndian(span[at..]);
            at += LengthPrefix;
            if (length > span.Length - at)
            {
                return false;
            }

            commands.Add(payload.Slice(at, (int)length));
            at += (int)length;
        }

        return at == span.Length;
    }
}

using System.Buffers.Binary;
using MfsHa.NodeLink.Formats;

namespace MfsHa.Consensus.Commands;

/// <summary>
/// Payload of a log entry with commands: format level u8 (from 1), leader's clock in unix milliseconds i64, number of commands u32,
/// then per command its length u32 and its bytes; little-endian. The level is the one that was in force for the leader when it made the entry; it never becomes less in a log, and says how all replicas read
/// the commands, and what these mean.
/// </summary>
internal static class CommandEntryFormat
{
    public const int HeaderLength = 13;
    public const int LengthPrefix = sizeof(uint);
    private const int TimeOffset = 1;
    private const int CountOffset = 9;

    public static void WriteHeader(Span<byte> payload, byte level, long unixMilliseconds, int count)
    {
        payload[0] = level;
        BinaryPrimitives.WriteInt64LittleEndian(payload[TimeOffset..], unixMilliseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[CountOffset..], (uint)count);
    }

    /// <summary>The clock of an entry; 0 when it is no entry of this format.</summary>
    public static long TimeOf(ReadOnlySpan<byte> payload) =>
        payload.Length >= HeaderLength && payload[0] >= FormatRange.First ? BinaryPrimitives.ReadInt64LittleEndian(payload[TimeOffset..]) : 0;

    /// <summary>The format level of an entry; 0 when it is no entry of this format.</summary>
    public static byte LevelOf(ReadOnlySpan<byte> payload) => payload.Length >= HeaderLength ? payload[0] : (byte)0;

    /// <summary>Finds the commands of an entry; false when it is not of this format.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> payload, CommandList commands, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        commands.Clear();
        var span = payload.Span;
        if (span.Length < HeaderLength || span[0] < FormatRange.First)
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

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>State of a copy in a CHECK reply.</summary>
public enum CheckedCopyState : byte
{
    Valid = 0,
    MarkedForRemoval = 1,
    WrongVersion = 2,
    WrongVersionMarkedForRemoval = 3,
    Invalid = 4,
}

/// <summary>A copy or part of a chunk.</summary>
/// <param name="Part">Erasure-coded part; only in modes 1 and 4.</param>
public readonly record struct CheckedCopy(uint Ip, ushort Port, CheckedCopyState State, byte Part);

/// <summary>The chunk at one index of a file.</summary>
/// <param name="Version">Bit 31: reading zeros is allowed (4.x).</param>
/// <param name="ModificationTime">Seconds; only in mode 4.</param>
public sealed record CheckedChunk(ulong ChunkId, uint Version, uint ModificationTime, ReadOnlyMemory<CheckedCopy> Copies);

/// <summary>How many chunks of a file share a redundancy.</summary>
/// <param name="Class">
/// 0 chunk record missing, 1 hole, else 2 + copies (0..10) + 11 * EC8 parts (0..17) and in mode 3 + 198 * EC4 parts (0..13);
/// in mode 0 simply the position: 0..9, 10 and more copies, no chunk.
/// </param>
public readonly record struct CheckedCount(ushort Class, uint Chunks);

/// <summary>Answers to CHECK, by the request's mode (`matoclserv_fuse_check`).</summary>
public static class CheckReply
{
    /// <summary>Counters in a mode-0 answer about a whole file.</summary>
    public const int CopyCounters = 12;

    /// <summary>Answers a request with an index.</summary>
    public static void WriteChunk(ref PacketWriter writer, uint messageId, CheckMode mode, CheckedChunk chunk)
    {
        writer.Begin(PacketType.CheckReply, messageId);
        writer.U64(chunk.ChunkId);
        writer.U32(chunk.Version);
        if (mode == CheckMode.ChunkWithTime)
        {
            writer.U32(chunk.ModificationTime);
        }

        foreach (CheckedCopy copy in chunk.Copies.Span)
        {
            writer.U32(copy.Ip);
            writer.U16(copy.Port);
            writer.U8((byte)copy.State);
            if (mode != CheckMode.Legacy)
            {
                writer.U8(copy.Part);
            }
        }

        writer.End();
    }

    /// <summary>Answers a request without an index.</summary>
    /// <param name="counts">In mode 0 exactly <see cref="CopyCounters"/>, in order; else only those that are not 0.</param>
    public static void WriteCounts(
        ref PacketWriter writer, uint messageId, CheckMode mode, scoped ReadOnlySpan<CheckedCount> counts)
    {
        writer.Begin(PacketType.CheckReply, messageId);
        foreach (CheckedCount count in counts)
        {
            if (mode == CheckMode.CountsByByte)
            {
                writer.U8(checked((byte)count.Class));
            }
            else if (mode == CheckMode.CountsByWord)
            {
                writer.U16(count.Class);
            }

            writer.U32(count.Chunks);
        }

        writer.End();
    }

    public static CheckedChunk ParseChunk(ref PacketReader reader, CheckMode mode)
    {
        (ulong id, uint version) = (reader.U64(), reader.U32());
        uint time = mode == CheckMode.ChunkWithTime ? reader.U32() : 0;
        var copies = new List<CheckedCopy>();
        while (reader.Remaining > 0)
        {
            copies.Add(new(
                reader.U32(),
                reader.U16(),
                (CheckedCopyState)reader.U8(),
                mode == CheckMode.Legacy ? (byte)0 : reader.U8()));
        }

        return new(id, version, time, copies.ToArray());
    }

    public static CheckedCount[] ParseCounts(ref PacketReader reader, CheckMode mode)
    {
        var counts = new List<CheckedCount>();
        while (reader.Remaining > 0)
        {
            ushort position = mode switch
            {
                CheckMode.CountsByByte => reader.U8(),
                CheckMode.CountsByWord => reader.U16(),
                _ => (ushort)counts.Count,
            };
            counts.Add(new(position, reader.U32()));
        }

        return [.. counts];
    }
}

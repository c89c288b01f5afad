using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Locations;

/// <summary>
/// A piece of an incarnation's stream on the wire: format u8; last forgotten removal (varint); how far the sender had
/// read the stream (varint); the registry's register if it is newer than the piece's
/// beginning: sequence number (varint, 0 for none) and block; count u32; then per copy: difference to the sequence number before (varint), chunk id u64,
/// version with "removed" in bit 31 u32, flags u8.
/// </summary>
internal static class LocationPiece
{
    private const byte Format = 1;
    private const uint RemovedBit = 1u << 31;
    private const byte KnownFlags = (byte)(ChunkFlags.MarkedForRemoval | ChunkFlags.Damaged);

    /// <summary>Bytes of a copy whose sequence number follows directly.</summary>
    private const int MinEntrySize = 1 + sizeof(ulong) + sizeof(uint) + 1;

    /// <summary>Bytes of a copy whose sequence number is far from the one before.</summary>
    private const int MaxEntrySize = 6 + sizeof(ulong) + sizeof(uint) + 1;

    /// <summary>Bounds the time under the incarnation's lock.</summary>
    private const int MaxEntries = 65_536;

    /// <summary>Writes what is behind <paramref name="from"/>; returns up to where the piece goes.</summary>
    public static long Write(StreamContent content, long from, int maxBytes, WireWriter target)
    {
        var start = target.Length;
        target.Byte(Format);
        target.VarInt(content.ForgottenUpTo);
        target.VarInt(content.Seen);
        var entryAt = (long)content.Entry.Stamp.Counter;
        target.VarInt(entryAt > from ? entryAt : 0);
        if (entryAt > from)
            content.Entry.Value.Write(target);

        var countAt = target.Length;
        target.UInt32(0);
        uint count = 0;
        var before = from;
        var isCut = false;
        foreach (var (chunkId, record) in content.After(from))
        {
            isCut = count > 0 && (count == MaxEntries || target.Length - start > maxBytes - MaxEntrySize);
            if (isCut)
                break;
            target.VarInt(record.Sequence - before);
            target.UInt64(chunkId);
            target.UInt32(record.Version | (record.IsRemoved ? RemovedBit : 0));
            target.Byte((byte)record.Flags);
            before = record.Sequence;
            count++;
        }

        target.PatchUInt32(countAt, count);
        return isCut ? before : content.Seen;
    }

    /// <summary>Reads what decides whether the piece can be taken. Throws <see cref="InvalidDataException"/> unless all of it could be applied.</summary>
    public static PieceHead Validate(long from, long to, ReadOnlySpan<byte> piece)
    {
        if (from < 0 || to <= from || to > LocationRecord.MaxSequence)
            throw new InvalidDataException($"piece of changes {from}..{to}");
        var reader = new WireReader(piece);
        var head = ReadHead(ref reader, out _, out _);
        if (head.Reflected < to)
            throw new InvalidDataException($"piece up to {to} of a stream of {head.Reflected}");
        var at = from;
        for (var left = ReadCount(ref reader); left > 0; left--)
        {
            var step = reader.VarInt();
            if (step == 0 || step > to - at)
                throw new InvalidDataException($"change {at} + {step} is not within {from}..{to}");
            at += step;
            reader.UInt64();
            reader.UInt32();
            if ((reader.Byte() & ~KnownFlags) != 0)
                throw new InvalidDataException("unknown flags of a copy");
        }

        return reader.IsAtEnd ? head : throw new InvalidDataException($"{reader.Left} bytes too many");
    }

    /// <summary>Applies a valid piece that does not begin behind what was seen.</summary>
    public static void Apply(StreamContent content, long from, long to, ReadOnlySpan<byte> piece)
    {
        var reader = new WireReader(piece);
        var head = ReadHead(ref reader, out var entryAt, out var entry);
        var at = from;
        var seen = content.Seen;
        for (var left = ReadCount(ref reader); left > 0; left--)
        {
            at += reader.VarInt();
            var chunkId = reader.UInt64();
            var version = reader.UInt32();
            var flags = (ChunkFlags)reader.Byte();
            if (at > seen)
                content.Put(at, chunkId, version & ~RemovedBit, flags, (version & RemovedBit) != 0);
        }

        content.Taken(to, head.Forgotten, entry is null ? null : new(entry, new((ulong)entryAt, entry.Gateway)));
    }

    private static uint ReadCount(ref WireReader reader)
    {
        var count = reader.UInt32();
        return count <= reader.Left / MinEntrySize ? count : throw new InvalidDataException($"{count} copies cannot be in {reader.Left} bytes");
    }

    private static PieceHead ReadHead(ref WireReader reader, out long entryAt, out ChunkServerEntry? entry)
    {
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"piece of format {format}, known is {Format}");
        var head = new PieceHead(reader.VarInt(), reader.VarInt());
        entryAt = reader.VarInt();
        entry = entryAt > 0 ? ChunkServerEntry.Read(ref reader) : null;
        return head;
    }
}

/// <summary>What a piece says about its sender.</summary>
/// <param name="Forgotten">Removals up to this one are not remembered by the sender.</param>
/// <param name="Reflected">
/// How far the sender had read the stream: of a chunk that changed within the piece and again behind it, but not behind this, the earlier change is left out.
/// </param>
internal readonly record struct PieceHead(long Forgotten, long Reflected);

using System.Buffers.Binary;

namespace MfsHa.Storage.RaftLog;

/// <summary>
/// Keys and values of the log store. Key: group u16 BE, kind u8, and for entries index i64 BE.
/// Every value begins with a CRC-32C over its key and the rest of the value: a flipped byte, or a value under a wrong key, is found at the first read.
/// </summary>
internal static class RaftLogCodec
{
    public const int GroupKeyLength = 3;
    public const int EntryKeyLength = 11;
    public const int EntryHeaderLength = 13;
    public const int StoreKeyLength = 3;
    private const int CrcLength = 4;
    private const byte FormatVersion = 1;

    /// <summary>The group number that stands for the store itself.</summary>
    public const ushort StoreGroup = ushort.MaxValue;

    public enum RecordKind : byte
    {
        HardState = 0,
        Entry = 1,
        Mark = 2,
        Configuration = 3,
        Install = 4,
        Store = 5,

        // Behind the store's number, so that it outlives what is removed of a group.
        Replica = 6,
    }

    public static ReadOnlySpan<byte> Key(Span<byte> room, ushort group, RecordKind kind)
    {
        BinaryPrimitives.WriteUInt16BigEndian(room, group);
        room[2] = (byte)kind;
        return room[..GroupKeyLength];
    }

    public static ReadOnlySpan<byte> EntryKey(Span<byte> room, ushort group, long index)
    {
        BinaryPrimitives.WriteUInt16BigEndian(room, group);
        room[2] = (byte)RecordKind.Entry;
        BinaryPrimitives.WriteInt64BigEndian(room[GroupKeyLength..], index);
        return room[..EntryKeyLength];
    }

    public static long IndexOf(ReadOnlySpan<byte> entryKey) => BinaryPrimitives.ReadInt64BigEndian(entryKey[GroupKeyLength..]);

    // entry: crc u32, kind u8, term i64, payload
    public static void WriteEntry(Span<byte> value, ReadOnlySpan<byte> key, RaftLogEntry entry)
    {
        value[CrcLength] = (byte)entry.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(value[(CrcLength + 1)..], entry.Term);
        entry.Payload.Span.CopyTo(value[EntryHeaderLength..]);
        Seal(value, key);
    }

    public static bool TryReadEntryHead(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out RaftEntryKind kind, out long term)
    {
        if (value.Length < EntryHeaderLength || !IsIntact(value, key))
        {
            (kind, term) = (default, 0);
            return false;
        }

        kind = (RaftEntryKind)value[CrcLength];
        term = BinaryPrimitives.ReadInt64LittleEndian(value[(CrcLength + 1)..]);
        return kind <= RaftEntryKind.Configuration;
    }

    // hard state: crc u32, term i64, length of vote u8, vote
    public static int HardStateLength(in RaftHardState state) => CrcLength + 8 + 1 + state.Vote.Length;

    public static void WriteHardState(Span<byte> value, ReadOnlySpan<byte> key, in RaftHardState state)
    {
        BinaryPrimitives.WriteInt64LittleEndian(value[CrcLength..], state.Term);
        value[CrcLength + 8] = checked((byte)state.Vote.Length);
        state.Vote.Span.CopyTo(value[(CrcLength + 9)..]);
        Seal(value, key);
    }

    public static bool TryReadHardState(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out RaftHardState state)
    {
        state = default;
        if (value.Length < CrcLength + 9 || !IsIntact(value, key) || value.Length != CrcLength + 9 + value[CrcLength + 8])
        {
            return false;
        }

        state = new RaftHardState(BinaryPrimitives.ReadInt64LittleEndian(value[CrcLength..]), value[(CrcLength + 9)..].ToArray());
        return true;
    }

    // mark, and the mark of an installation: crc u32, index i64, term i64, time i64
    public const int MarkLength = CrcLength + 24;

    public static void WriteMark(Span<byte> value, ReadOnlySpan<byte> key, in RaftLogMark mark)
    {
        BinaryPrimitives.WriteInt64LittleEndian(value[CrcLength..], mark.Index);
        BinaryPrimitives.WriteInt64LittleEndian(value[(CrcLength + 8)..], mark.Term);
        BinaryPrimitives.WriteInt64LittleEndian(value[(CrcLength + 16)..], mark.UnixMilliseconds);
        Seal(value, key);
    }

    public static bool TryReadMark(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out RaftLogMark mark)
    {
        mark = default;
        if (value.Length != MarkLength || !IsIntact(value, key))
        {
            return false;
        }

        mark = new RaftLogMark(
            BinaryPrimitives.ReadInt64LittleEndian(value[CrcLength..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[(CrcLength + 8)..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[(CrcLength + 16)..]));
        return true;
    }

    // configuration: crc u32, version i64, members
    public static int ConfigurationLength(in RaftConfiguration configuration) => CrcLength + 8 + configuration.Members.Length;

    public static void WriteConfiguration(Span<byte> value, ReadOnlySpan<byte> key, in RaftConfiguration configuration)
    {
        BinaryPrimitives.WriteInt64LittleEndian(value[CrcLength..], configuration.Version);
        configuration.Members.Span.CopyTo(value[(CrcLength + 8)..]);
        Seal(value, key);
    }

    public static bool TryReadConfiguration(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out RaftConfiguration configuration)
    {
        configuration = RaftConfiguration.None;
        if (value.Length < CrcLength + 8 || !IsIntact(value, key))
        {
            return false;
        }

        configuration = new RaftConfiguration(BinaryPrimitives.ReadInt64LittleEndian(value[CrcLength..]), value[(CrcLength + 8)..].ToArray());
        return true;
    }

    // store: crc u32, format version u8, incarnation u32
    public const int StoreLength = CrcLength + 5;

    public static void WriteStore(Span<byte> value, ReadOnlySpan<byte> key, uint incarnation)
    {
        value[CrcLength] = FormatVersion;
        BinaryPrimitives.WriteUInt32LittleEndian(value[(CrcLength + 1)..], incarnation);
        Seal(value, key);
    }

    public static bool TryReadStore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out uint incarnation)
    {
        incarnation = 0;
        if (value.Length != StoreLength || !IsIntact(value, key) || value[CrcLength] != FormatVersion)
        {
            return false;
        }

        incarnation = BinaryPrimitives.ReadUInt32LittleEndian(value[(CrcLength + 1)..]);
        return true;
    }

    // replica: crc u32, format version u8, incarnation u32, 1 if removed u8
    public const int ReplicaLength = CrcLength + 6;

    public static void WriteReplica(Span<byte> value, ReadOnlySpan<byte> key, in ReplicaIdentity replica)
    {
        value[CrcLength] = FormatVersion;
        BinaryPrimitives.WriteUInt32LittleEndian(value[(CrcLength + 1)..], replica.Incarnation);
        value[CrcLength + 5] = replica.IsRemoved ? (byte)1 : (byte)0;
        Seal(value, key);
    }

    public static bool TryReadReplica(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out ReplicaIdentity replica)
    {
        replica = default;
        if (value.Length != ReplicaLength || !IsIntact(value, key) || value[CrcLength] != FormatVersion || value[CrcLength + 5] > 1)
        {
            return false;
        }

        replica = new ReplicaIdentity(BinaryPrimitives.ReadUInt32LittleEndian(value[(CrcLength + 1)..]), value[CrcLength + 5] == 1);
        return true;
    }

    private static void Seal(Span<byte> value, ReadOnlySpan<byte> key) =>
        BinaryPrimitives.WriteUInt32LittleEndian(value, Crc32C.Of(key, value[CrcLength..]));

    private static bool IsIntact(ReadOnlySpan<byte> value, ReadOnlySpan<byte> key) =>
        BinaryPrimitives.ReadUInt32LittleEndian(value) == Crc32C.Of(key, value[CrcLength..]);
}

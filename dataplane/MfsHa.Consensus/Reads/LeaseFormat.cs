using System.Buffers.Binary;

namespace MfsHa.Consensus.Reads;

/// <summary>A lease as the leader gives it.</summary>
/// <param name="Term">Term of the leader.</param>
/// <param name="Serial">Number of the lease, growing within the term.</param>
/// <param name="Microseconds">How long it counts from the moment at which it was asked for.</param>
/// <param name="Index">The last entry of the log: committed, and applied by the leader.</param>
/// <param name="IndexTerm">Its term.</param>
internal readonly record struct LeaseGrant(long Term, long Serial, long Microseconds, long Index, long IndexTerm);

/// <summary>
/// The calls about read leases, little-endian. Asking: version u8 (1), group u16; reply: empty when there is none now, otherwise the five i64 of <see cref="LeaseGrant"/>.
/// Recalling: version u8 (1), group u16, term i64, serial i64; the reply is empty.
/// </summary>
internal static class LeaseFormat
{
    private const byte Version = 1;
    private const int AskLength = 3;
    private const int RecallLength = AskLength + 16;
    private const int GrantLength = 40;

    public static byte[] Ask(ushort group)
    {
        var bytes = new byte[AskLength];
        WriteHead(bytes, group);
        return bytes;
    }

    public static ushort ParseAsk(ReadOnlySpan<byte> bytes) =>
        bytes.Length == AskLength && bytes[0] == Version ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]) : throw new InvalidDataException("not a request for a lease");

    public static byte[] Grant(LeaseGrant grant)
    {
        var bytes = new byte[GrantLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, grant.Term);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), grant.Serial);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), grant.Microseconds);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), grant.Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), grant.IndexTerm);
        return bytes;
    }

    /// <summary>Null when the leader gives none now.</summary>
    public static LeaseGrant? ParseGrant(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        0 => null,
        GrantLength => new LeaseGrant(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..])),
        _ => throw new InvalidDataException($"a lease of {bytes.Length} bytes"),
    };

    public static byte[] Recall(ushort group, long term, long serial)
    {
        var bytes = new byte[RecallLength];
        WriteHead(bytes, group);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(AskLength), term);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(AskLength + 8), serial);
        return bytes;
    }

    public static (ushort Group, long Term, long Serial) ParseRecall(ReadOnlySpan<byte> bytes) =>
        bytes.Length == RecallLength && bytes[0] == Version
            ? (BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[AskLength..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[(AskLength + 8)..]))
            : throw new InvalidDataException("not a recall of leases");

    private static void WriteHead(Span<byte> bytes, ushort group)
    {
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[1..], group);
    }
}

using System.Buffers.Binary;
using MfsHa.NodeLink;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// What a follower that is behind the beginning of the leader's log gets in place of a snapshot: where the state can be fetched, and which entry it ends with.
/// As bytes: version u8 (1), holder u16, serial i64, index i64, term i64, time i64, little-endian.
/// </summary>
/// <param name="Holder">The node that has the state open.</param>
/// <param name="Serial">Which opening of the state it is, on that node.</param>
/// <param name="Index">The last entry in the state.</param>
/// <param name="Term">Its term.</param>
/// <param name="UnixMilliseconds">Clock of the last commands in the state.</param>
internal readonly record struct SnapshotReference(NodeId Holder, long Serial, long Index, long Term, long UnixMilliseconds)
{
    private const byte Version = 1;
    private const int Length = 35;

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), Holder.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(3), Serial);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(11), Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(19), Term);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(27), UnixMilliseconds);
        return bytes;
    }

    public static SnapshotReference Parse(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length && bytes[0] == Version
            ? new SnapshotReference(
                new NodeId(BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..])),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[3..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[11..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[19..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[27..]))
            : throw new InvalidDataException("not the reference of a snapshot");
}

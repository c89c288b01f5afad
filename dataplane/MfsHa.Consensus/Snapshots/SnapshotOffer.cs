using System.Buffers.Binary;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Formats;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// What a follower that is behind the beginning of the leader's log gets in place of a snapshot: where it can fetch a state that reaches at least
/// to an entry. As bytes: format level u8 (from 1), holder u16, index i64, term i64, little-endian.
/// </summary>
/// <param name="Holder">The node to fetch from.</param>
/// <param name="Index">An entry that is in the state.</param>
/// <param name="Term">Its term.</param>
/// <param name="Level">The format level of the holder's data: nothing in the state is of a higher one.</param>
internal readonly record struct SnapshotOffer(NodeId Holder, long Index, long Term, byte Level)
{
    private const int Length = 19;

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        bytes[0] = Level;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), Holder.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(3), Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(11), Term);
        return bytes;
    }

    public static SnapshotOffer Parse(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length && bytes[0] >= FormatRange.First
            ? new SnapshotOffer(
                new NodeId(BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..])),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[3..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[11..]),
                bytes[0])
            : throw new InvalidDataException("not the offer of a snapshot");
}

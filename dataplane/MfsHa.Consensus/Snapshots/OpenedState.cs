using System.Buffers.Binary;
using MfsHa.NodeLink.Formats;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// A state that was opened for a follower. As bytes: serial i64, index i64, term i64, time i64, little-endian; and format level u8, unless it is the first one.
/// </summary>
/// <param name="Serial">Which opening it is, on the holder.</param>
/// <param name="End">The last entry in it.</param>
/// <param name="Level">The format level of the holder's data when it was opened: nothing in it is of a higher one.</param>
internal readonly record struct OpenedState(long Serial, RaftLogMark End, byte Level)
{
    private const int Length = 32;

    public byte[] ToBytes()
    {
        var bytes = new byte[Level == FormatRange.First ? Length : Length + 1];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Serial);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), End.Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), End.Term);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), End.UnixMilliseconds);
        if (bytes.Length > Length)
        {
            bytes[Length] = Level;
        }

        return bytes;
    }

    public static OpenedState Parse(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length || (bytes.Length == Length + 1 && bytes[Length] > FormatRange.First)
            ? new OpenedState(
                BinaryPrimitives.ReadInt64LittleEndian(bytes),
                new RaftLogMark(
                    BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
                    BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                    BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])),
                bytes.Length == Length ? FormatRange.First : bytes[Length])
            : throw new InvalidDataException("not the name of an opened state");
}

using System.Buffers.Binary;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// A state that was opened for a follower. As bytes: serial i64, index i64, term i64, time i64, little-endian.
/// </summary>
/// <param name="Serial">Which opening it is, on the holder.</param>
/// <param name="End">The last entry in it.</param>
internal readonly record struct OpenedState(long Serial, RaftLogMark End)
{
    private const int Length = 32;

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Serial);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), End.Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), End.Term);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), End.UnixMilliseconds);
        return bytes;
    }

    public static OpenedState Parse(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length
            ? new OpenedState(
                BinaryPrimitives.ReadInt64LittleEndian(bytes),
                new RaftLogMark(
                    BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
                    BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                    BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])))
            : throw new InvalidDataException("not the name of an opened state");
}

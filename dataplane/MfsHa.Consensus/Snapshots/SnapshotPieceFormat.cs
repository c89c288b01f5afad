using System.Buffers.Binary;

namespace MfsHa.Consensus.Snapshots;

/// <summary>
/// The call that fetches a state. Request: version u8 (1), group u16, serial i64, number of the piece i32, little-endian; number -1 opens the state.
/// Reply: status u8, then the piece, or the <see cref="OpenedState"/>, or at the end the <see cref="StateChecksum"/> of all pieces (not from releases that did not know it).
/// </summary>
internal static class SnapshotPieceFormat
{
    /// <summary>The number that asks for opening.</summary>
    public const int Open = -1;

    private const byte Version = 1;
    private const int RequestLength = 15;

    public enum Status : byte
    {
        /// <summary>A piece follows.</summary>
        Piece = 0,

        /// <summary>There are no more.</summary>
        End = 1,

        /// <summary>The state is not open (any more): to be begun again.</summary>
        Gone = 2,

        /// <summary>It was opened.</summary>
        Opened = 3,

        /// <summary>Another follower is fetching: to be tried later.</summary>
        Busy = 4,
    }

    public static byte[] Request(ushort group, long serial, int number)
    {
        var bytes = new byte[RequestLength];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), group);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(3), serial);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(11), number);
        return bytes;
    }

    public static (ushort Group, long Serial, int Number) ParseRequest(ReadOnlySpan<byte> bytes) =>
        bytes.Length == RequestLength && bytes[0] == Version
            ? (BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[3..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[11..]))
            : throw new InvalidDataException("not a request for a piece of a state");

    public static byte[] Reply(Status status, ReadOnlySpan<byte> content = default)
    {
        var bytes = new byte[1 + content.Length];
        bytes[0] = (byte)status;
        content.CopyTo(bytes.AsSpan(1));
        return bytes;
    }

    public static (Status Status, ReadOnlyMemory<byte> Content) ParseReply(ReadOnlyMemory<byte> bytes) =>
        bytes.Length >= 1 && bytes.Span[0] <= (byte)Status.Busy
            ? ((Status)bytes.Span[0], bytes[1..])
            : throw new InvalidDataException("not a piece of a state");
}

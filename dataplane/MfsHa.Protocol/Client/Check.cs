using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>What a CHECK request wants to know.</summary>
public enum CheckMode : byte
{
    /// <summary>3.x: copies of one chunk without parts, or twelve counters of a file.</summary>
    Legacy = 0,
    Chunk = 1,
    CountsByByte = 2,
    CountsByWord = 3,
    ChunkWithTime = 4,
}

/// <summary>Asks for copies of a file's chunks (mfsfileinfo, mfscheckfile). Answered by <see cref="CheckReply"/>.</summary>
/// <param name="Mode">Null: the 3.x form, <see cref="CheckMode.Legacy"/>.</param>
/// <param name="Index">Null: about the whole file.</param>
public readonly record struct CheckRequest(CheckMode? Mode, uint Inode, uint? Index) : IClientRequest<CheckRequest>
{
    private const int InodeSize = 4;
    private const int InodeAndIndexSize = 8;

    public static PacketType Type => PacketType.Check;

    public static CheckRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        CheckMode? mode = (reader.Remaining & 1) == 1 ? (CheckMode)reader.U8() : null;
        if (reader.Remaining is not (InodeSize or InodeAndIndexSize))
        {
            reader.Fail("an inode, perhaps an index", $"{reader.Remaining} bytes");
        }

        return new(mode, reader.U32(), reader.Remaining > 0 ? reader.U32() : null);
    }

    public void WriteBody(ref PacketWriter writer)
    {
        if (Mode is { } mode)
        {
            writer.U8((byte)mode);
        }

        writer.U32(Inode);
        if (Index is { } index)
        {
            writer.U32(index);
        }
    }
}

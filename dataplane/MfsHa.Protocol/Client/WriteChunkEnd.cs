using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>The bytes of a chunk that a write touched.</summary>
public readonly record struct WrittenRange(uint Offset, uint Size);

/// <summary>A write is over: unlock the chunk. Answered by a status (`matoclserv_fuse_write_chunk_end`).</summary>
/// <param name="Length">End of the written data in the file, in bytes; 0 only unlocks.</param>
/// <param name="Range">Sent by 4.x clients to servers from 4.40 on; see <see cref="PeerVersion.WriteEndRangeIsTrustworthy"/>.</param>
public readonly record struct WriteChunkEndRequest(
    ulong ChunkId, uint Inode, uint Index, ulong Length, ChunkOperationFlags Flags, WrittenRange? Range)
    : IClientRequest<WriteChunkEndRequest>
{
    public static PacketType Type => PacketType.WriteChunkEnd;

    public static WriteChunkEndRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new WriteChunkEndRequest(
            reader.U64(),
            reader.U32(),
            reader.U32(),
            reader.U64(),
            (ChunkOperationFlags)reader.U8(),
            reader.Remaining > 0 ? new WrittenRange(reader.U32(), reader.U32()) : null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U64(ChunkId);
        writer.U32(Inode);
        writer.U32(Index);
        writer.U64(Length);
        writer.U8((byte)Flags);
        if (Range is { } range)
        {
            writer.U32(range.Offset);
            writer.U32(range.Size);
        }
    }
}

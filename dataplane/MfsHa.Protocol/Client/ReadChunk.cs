using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_read_chunk`.</summary>
/// <param name="Index">Number of the 64 MiB chunk in the file.</param>
public readonly record struct ReadChunkRequest(uint Inode, uint Index, ChunkOperationFlags Flags) : IClientRequest<ReadChunkRequest>
{
    public static PacketType Type => PacketType.ReadChunk;

    public static ReadChunkRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new ReadChunkRequest(reader.U32(), reader.U32(), (ChunkOperationFlags)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(Index);
        writer.U8((byte)Flags);
    }
}

/// <param name="FileLength">Bytes of the whole file.</param>
public readonly record struct ReadChunkReply(ulong FileLength, ChunkLocations Chunk) : IClientReply<ReadChunkReply>
{
    public static PacketType Type => PacketType.ReadChunkReply;

    public static ReadChunkReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (ulong length, ChunkLocations chunk) = ChunkBody.Parse(ref reader);
        return new(length, chunk);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => ChunkBody.Write(ref writer, FileLength, Chunk);
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>The body of READ_CHUNK and WRITE_CHUNK replies: `proto:u8 length:u64 chunkid:u64 version:u32 csdata`.</summary>
internal static class ChunkBody
{
    public static (ulong FileLength, ChunkLocations Chunk) Parse(ref PacketReader reader)
    {
        var protocol = (ChunkDataProtocol)reader.U8();
        ulong fileLength = reader.U64();
        return (fileLength, new(protocol, reader.U64(), reader.U32(), ChunkLocations.ParseServers(ref reader)));
    }

    public static void Write(ref PacketWriter writer, ulong fileLength, in ChunkLocations chunk)
    {
        writer.U8((byte)chunk.Protocol);
        writer.U64(fileLength);
        writer.U64(chunk.ChunkId);
        writer.U32(chunk.Version);
        writer.Items(chunk.Servers.Span);
    }
}

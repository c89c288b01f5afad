using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.ChunkServer;

/// <summary>Space in bytes and chunks of a chunkserver; "removal" is what lies on disks to be emptied.</summary>
/// <param name="Total">0 right after a start: the disks are not scanned yet.</param>
public readonly record struct SpaceReport(
    ulong Used, ulong Total, uint Chunks, ulong RemovalUsed, ulong RemovalTotal, uint RemovalChunks)
{
    private const int WithoutChunks = 16;
    private const int WithoutChunkCounts = 32;

    /// <summary>SPACE (`mfsmaster/matocsserv.c: matocsserv_space`): 40 bytes, or 32 or 16 without some fields.</summary>
    public static SpaceReport Parse(ref PacketReader reader)
    {
        SpaceReport report = reader.Length switch
        {
            WithoutChunks => new(reader.U64(), reader.U64(), 0, 0, 0, 0),
            WithoutChunkCounts => new(reader.U64(), reader.U64(), 0, reader.U64(), reader.U64(), 0),
            _ => ParseFields(ref reader),
        };
        reader.End();
        return report;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunkServerSpace);
        WriteFields(ref writer);
        writer.End();
    }

    internal static SpaceReport ParseFields(ref PacketReader reader) => new(
        reader.U64(), reader.U64(), reader.U32(), reader.U64(), reader.U64(), reader.U32());

    internal void WriteFields(ref PacketWriter writer)
    {
        writer.U64(Used);
        writer.U64(Total);
        writer.U32(Chunks);
        writer.U64(RemovalUsed);
        writer.U64(RemovalTotal);
        writer.U32(RemovalChunks);
    }
}

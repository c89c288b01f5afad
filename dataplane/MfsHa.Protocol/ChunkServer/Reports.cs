using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.ChunkServer;

/// <summary>Labels of a chunkserver: bit 0 is A, bit 25 is Z.</summary>
public readonly record struct LabelsReport(uint Mask)
{
    public static LabelsReport Parse(ref PacketReader reader)
    {
        var report = new LabelsReport(reader.U32());
        reader.End();
        return report;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunkServerLabels);
        writer.U32(Mask);
        writer.End();
    }
}

/// <summary>How busy a chunkserver says it is.</summary>
public enum HeavyLoadStatus : byte
{
    Unknown = 0,
    Ok = 1,
    Overloaded = 2,
    LowSpeedRebalance = 3,

    /// <summary>Internal to stock masters.</summary>
    Grace = 4,
    HighSpeedRebalance = 5,
}

/// <summary>What a chunkserver still has to report.</summary>
[Flags]
public enum TransferringFlags : byte
{
    None = 0,
    LostChunks = 1,
    NewChunks = 2,
}

/// <summary>CURRENT_LOAD, every 5 s from 3.x, every second from 4.x.</summary>
/// <param name="Status">Absent if the master announced less than 3.0.7.</param>
/// <param name="Transferring">Only from 4.x to a master that announced 4.32 or more.</param>
public readonly record struct LoadReport(uint Load, HeavyLoadStatus? Status, TransferringFlags? Transferring)
{
    public static LoadReport Parse(ref PacketReader reader)
    {
        var report = new LoadReport(
            reader.U32(),
            reader.Remaining > 0 ? (HeavyLoadStatus)reader.U8() : null,
            reader.Remaining > 0 ? (TransferringFlags)reader.U8() : null);
        reader.End();
        return report;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunkServerLoad);
        writer.U32(Load);
        if (Status is { } status)
        {
            writer.U8((byte)status);
        }

        if (Transferring is { } transferring)
        {
            writer.U8((byte)transferring);
        }

        writer.End();
    }
}

/// <summary>CHUNK_NEW: copies that appeared (at most 25,000 a packet).</summary>
public readonly record struct NewChunksReport(PackedList<ChunkReport> Chunks)
{
    public static NewChunksReport Parse(ref PacketReader reader) => new(reader.RestPacked<ChunkReport>());

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunkNew);
        writer.Bytes(Chunks.Bytes.Span);
        writer.End();
    }
}

/// <summary>CHUNK_LOST, CHUNK_DAMAGED and CHUNK_DOESNT_EXIST: lists of chunk ids that differ in the packet's type alone.</summary>
public readonly record struct ChunkIdsReport(PackedList<PackedChunkId> Chunks)
{
    public static ChunkIdsReport Parse(ref PacketReader reader) => new(reader.RestPacked<PackedChunkId>());

    /// <param name="type"><see cref="PacketType.ChunkLost"/>, <see cref="PacketType.ChunkDamaged"/> or <see cref="PacketType.ChunkDoesNotExist"/>.</param>
    public void Write(ref PacketWriter writer, PacketType type)
    {
        writer.Begin(type);
        writer.Bytes(Chunks.Bytes.Span);
        writer.End();
    }
}

/// <summary>ERROR_OCCURRED: an I/O error happened, nothing more is said.</summary>
public readonly record struct ErrorReport
{
    public static ErrorReport Parse(ref PacketReader reader)
    {
        reader.End();
        return default;
    }

    public static void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunkServerErrorOccurred);
        writer.End();
    }
}

/// <summary>Keep-alive on chunkserver connections: empty, unlike the clients'.</summary>
public static class ChunkServerNop
{
    public static void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.Nop);
        writer.End();
    }
}

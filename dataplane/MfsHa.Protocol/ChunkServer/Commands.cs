using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.ChunkServer;

/// <summary>Makes an empty chunk. Status 20 if the id exists.</summary>
public readonly record struct CreateChunkCommand(ulong ChunkId, uint Version)
{
    public static CreateChunkCommand Parse(ref PacketReader reader)
    {
        var command = new CreateChunkCommand(reader.U64(), reader.U32());
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.CreateChunk);
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.End();
    }
}

/// <param name="Version">0: whatever version the copy has.</param>
public readonly record struct DeleteChunkCommand(ulong ChunkId, uint Version)
{
    public static DeleteChunkCommand Parse(ref PacketReader reader)
    {
        var command = new DeleteChunkCommand(reader.U64(), reader.U32());
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.DeleteChunk);
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.End();
    }
}

/// <summary>Copies a chunk under a new id. Status 19 if the old one has another version.</summary>
public readonly record struct DuplicateChunkCommand(ulong NewId, uint NewVersion, ulong OldId, uint OldVersion)
{
    public static DuplicateChunkCommand Parse(ref PacketReader reader)
    {
        var command = new DuplicateChunkCommand(reader.U64(), reader.U32(), reader.U64(), reader.U32());
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.DuplicateChunk);
        writer.U64(NewId);
        writer.U32(NewVersion);
        writer.U64(OldId);
        writer.U32(OldVersion);
        writer.End();
    }
}

/// <param name="OldVersion">Status 19 if the copy has another; 0: any.</param>
public readonly record struct SetChunkVersionCommand(ulong ChunkId, uint NewVersion, uint OldVersion)
{
    public static SetChunkVersionCommand Parse(ref PacketReader reader)
    {
        var command = new SetChunkVersionCommand(reader.U64(), reader.U32(), reader.U32());
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.SetChunkVersion);
        writer.U64(ChunkId);
        writer.U32(NewVersion);
        writer.U32(OldVersion);
        writer.End();
    }
}

/// <param name="Length">New length of the chunk in bytes.</param>
public readonly record struct TruncateChunkCommand(ulong ChunkId, uint Length, uint NewVersion, uint OldVersion)
{
    public static TruncateChunkCommand Parse(ref PacketReader reader)
    {
        var command = new TruncateChunkCommand(reader.U64(), reader.U32(), reader.U32(), reader.U32());
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.TruncateChunk);
        writer.U64(ChunkId);
        writer.U32(Length);
        writer.U32(NewVersion);
        writer.U32(OldVersion);
        writer.End();
    }
}

/// <summary>Copies a chunk under a new id and cuts the copy.</summary>
/// <param name="Length">Length of the new chunk in bytes.</param>
public readonly record struct DuplicateTruncateChunkCommand(
    ulong NewId, uint NewVersion, ulong OldId, uint OldVersion, uint Length)
{
    public static DuplicateTruncateChunkCommand Parse(ref PacketReader reader)
    {
        var command = new DuplicateTruncateChunkCommand(
            reader.U64(), reader.U32(), reader.U64(), reader.U32(), reader.U32());
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.DuplicateTruncateChunk);
        writer.U64(NewId);
        writer.U32(NewVersion);
        writer.U64(OldId);
        writer.U32(OldVersion);
        writer.U32(Length);
        writer.End();
    }
}

/// <summary>Fetches a full copy from another chunkserver.</summary>
/// <param name="SourceIp">First octet in the high byte.</param>
public readonly record struct ReplicateChunkCommand(ulong ChunkId, uint Version, uint SourceIp, ushort SourcePort)
{
    public static ReplicateChunkCommand Parse(ref PacketReader reader)
    {
        var command = new ReplicateChunkCommand(reader.U64(), reader.U32(), reader.U32(), reader.U16());
        reader.End();
        return command;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ReplicateChunk);
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.U32(SourceIp);
        writer.U16(SourcePort);
        writer.End();
    }
}

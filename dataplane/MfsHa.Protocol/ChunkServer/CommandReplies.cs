using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.ChunkServer;

/// <summary>
/// Result of CREATE, DELETE, DUPLICATE, SET_VERSION, TRUNCATE or DUPTRUNC: `chunkid:u64 status:u8`. There is no request id;
/// the chunk id (the new one of duplicates) and the packet's type name the command.
/// </summary>
public readonly record struct ChunkCommandReply(ulong ChunkId, StatusCode Status)
{
    public static ChunkCommandReply Parse(ref PacketReader reader)
    {
        var reply = new ChunkCommandReply(reader.U64(), (StatusCode)reader.U8());
        reader.End();
        return reply;
    }

    /// <param name="command">The command that is answered.</param>
    public void Write(ref PacketWriter writer, PacketType command)
    {
        writer.Begin(PacketTypes.ReplyOf(command));
        writer.U64(ChunkId);
        writer.U8((byte)Status);
        writer.End();
    }
}

/// <summary>Result of REPLICATE and its variants.</summary>
public readonly record struct ReplicationReply(ulong ChunkId, uint Version, StatusCode Status)
{
    public static ReplicationReply Parse(ref PacketReader reader)
    {
        var reply = new ReplicationReply(reader.U64(), reader.U32(), (StatusCode)reader.U8());
        reader.End();
        return reply;
    }

    /// <param name="command">The command that is answered.</param>
    public void Write(ref PacketWriter writer, PacketType command)
    {
        writer.Begin(PacketTypes.ReplyOf(command));
        writer.U64(ChunkId);
        writer.U32(Version);
        writer.U8((byte)Status);
        writer.End();
    }
}

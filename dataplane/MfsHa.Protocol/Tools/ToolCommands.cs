using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>What an administrator wants of a chunkserver.</summary>
public enum ChunkServerCommandKind : byte
{
    Remove = 0,
    BackToWork = 1,
    MaintenanceOn = 2,
    MaintenanceOff = 3,
}

/// <summary>CSSERV_COMMAND; answered by <see cref="ToolReply.WriteStatus"/>, in the form without a kind by an empty packet.</summary>
/// <param name="Kind">Absent in the oldest form, which removes.</param>
public readonly record struct ChunkServerCommandRequest(ChunkServerCommandKind? Kind, uint Ip, ushort Port)
{
    private const int LengthWithoutKind = 6;

    public static ChunkServerCommandRequest Parse(ref PacketReader reader)
    {
        var request = new ChunkServerCommandRequest(
            reader.Remaining > LengthWithoutKind ? (ChunkServerCommandKind)reader.U8() : null, reader.U32(), reader.U16());
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ChunkServerCommand);
        if (Kind is { } kind)
        {
            writer.U8((byte)kind);
        }

        writer.U32(Ip);
        writer.U16(Port);
        writer.End();
    }
}

/// <summary>SESSION_COMMAND: removes a disconnected session; answered by <see cref="ToolReply.WriteStatus"/>.</summary>
public readonly record struct SessionRemoveRequest(uint SessionId)
{
    private const byte Remove = 0;

    public static SessionRemoveRequest Parse(ref PacketReader reader)
    {
        byte command = reader.U8();
        if (command != Remove)
        {
            reader.Fail("command 0", $"{command}");
        }

        var request = new SessionRemoveRequest(reader.U32());
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.SessionCommand);
        writer.U8(Remove);
        writer.U32(SessionId);
        writer.End();
    }
}

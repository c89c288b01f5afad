using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Asks for a configuration option by name (`matoclserv_get_config`).</summary>
/// <param name="MessageId">With 0 the answer repeats the name.</param>
public readonly record struct GetConfigRequest(uint MessageId, ReadOnlyMemory<byte> Name)
{
    public static GetConfigRequest Parse(ref PacketReader reader)
    {
        var request = new GetConfigRequest(reader.U32(), reader.Name8());
        reader.End();
        return request;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.GetConfig, MessageId);
        writer.Name8(Name.Span);
        writer.End();
    }
}

/// <param name="Value">Empty for an unknown option.</param>
public readonly record struct ConfigValueReply(uint MessageId, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value)
{
    public static ConfigValueReply Parse(ref PacketReader reader)
    {
        uint id = reader.U32();
        var reply = new ConfigValueReply(id, id == 0 ? reader.Name8() : default, reader.Name8());
        reader.End();
        return reply;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.ConfigValue, MessageId);
        if (MessageId == 0)
        {
            writer.Name8(Name.Span);
        }

        writer.Name8(Value.Span);
        writer.End();
    }
}

/// <summary>Asks for a file that the configuration names (`matoclserv_get_config_file`). An error is answered by a status.</summary>
public readonly record struct GetConfigFileRequest(ReadOnlyMemory<byte> Name) : IClientRequest<GetConfigFileRequest>
{
    public static PacketType Type => PacketType.GetConfigFile;

    public static GetConfigFileRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetConfigFileRequest(reader.Name8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.Name8(Name.Span);
}

/// <summary>A line for the master's log; no answer (`matoclserv_syslog`).</summary>
/// <param name="Timestamp">Seconds since 1970.</param>
public readonly record struct SyslogPacket(byte Priority, uint Timestamp, ReadOnlyMemory<byte> Text)
{
    public static SyslogPacket Parse(ref PacketReader reader)
    {
        var packet = new SyslogPacket(reader.U8(), reader.U32(), reader.Bytes(reader.U16()));
        reader.End();
        return packet;
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.Syslog);
        writer.U8(Priority);
        writer.U32(Timestamp);
        writer.U16(checked((ushort)Text.Length));
        writer.Bytes(Text.Span);
        writer.End();
    }
}

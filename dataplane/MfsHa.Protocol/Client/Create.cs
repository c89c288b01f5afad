using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Makes a regular file and opens it (`matoclserv_fuse_create`).</summary>
public readonly record struct CreateRequest(uint Parent, ReadOnlyMemory<byte> Name, ushort Mode, ushort Umask, Credentials Caller)
    : IClientRequest<CreateRequest>
{
    public static PacketType Type => PacketType.Create;

    public static CreateRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new CreateRequest(
            reader.U32(), reader.Name8(), reader.U16(), reader.U16(), reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Parent);
        writer.Name8(Name.Span);
        writer.U16(Mode);
        writer.U16(Umask);
        writer.Credentials(Caller);
    }
}

/// <param name="Flags">Not sent to clients before 3.0.113 and 4.22.</param>
public readonly record struct CreateReply(OpenReplyFlags Flags, uint Inode, AttributeRecord Attributes) : IClientReply<CreateReply>
{
    public static PacketType Type => PacketType.CreateReply;

    public static CreateReply Parse(ref PacketReader reader, PeerVersion client)
    {
        OpenReplyFlags flags = client.KnowsFlags ? (OpenReplyFlags)reader.U8() : OpenReplyFlags.None;
        (uint inode, AttributeRecord attributes) = NodeBody.Parse(ref reader, client);
        return new(flags, inode, attributes);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        if (client.KnowsFlags)
        {
            writer.U8((byte)Flags);
        }

        NodeBody.Write(ref writer, Inode, Attributes, client);
    }
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_link`.</summary>
public readonly record struct LinkRequest(uint Inode, uint DestinationParent, ReadOnlyMemory<byte> DestinationName, Credentials Caller)
    : IClientRequest<LinkRequest>
{
    public static PacketType Type => PacketType.Link;

    public static LinkRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new LinkRequest(reader.U32(), reader.U32(), reader.Name8(), reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(DestinationParent);
        writer.Name8(DestinationName.Span);
        writer.Credentials(Caller);
    }
}

public readonly record struct LinkReply(uint Inode, AttributeRecord Attributes) : IClientReply<LinkReply>
{
    public static PacketType Type => PacketType.LinkReply;

    public static LinkReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (uint inode, AttributeRecord attributes) = NodeBody.Parse(ref reader, client);
        return new(inode, attributes);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) =>
        NodeBody.Write(ref writer, Inode, Attributes, client);
}

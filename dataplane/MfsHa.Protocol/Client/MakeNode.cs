using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_mknod`. Unlike CREATE it does not open the file.</summary>
/// <param name="NodeType">As sent; the server decides which it accepts.</param>
/// <param name="Device">Device number of block and character devices.</param>
public readonly record struct MakeNodeRequest(
    uint Parent, ReadOnlyMemory<byte> Name, NodeType NodeType, ushort Mode, ushort Umask, Credentials Caller, uint Device)
    : IClientRequest<MakeNodeRequest>
{
    public static PacketType Type => PacketType.MakeNode;

    public static MakeNodeRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new MakeNodeRequest(
            reader.U32(),
            reader.Name8(),
            (NodeType)reader.U8(),
            reader.U16(),
            reader.U16(),
            reader.Credentials(),
            reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Parent);
        writer.Name8(Name.Span);
        writer.U8((byte)NodeType);
        writer.U16(Mode);
        writer.U16(Umask);
        writer.Credentials(Caller);
        writer.U32(Device);
    }
}

public readonly record struct MakeNodeReply(uint Inode, AttributeRecord Attributes) : IClientReply<MakeNodeReply>
{
    public static PacketType Type => PacketType.MakeNodeReply;

    public static MakeNodeReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (uint inode, AttributeRecord attributes) = NodeBody.Parse(ref reader, client);
        return new(inode, attributes);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) =>
        NodeBody.Write(ref writer, Inode, Attributes, client);
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_mkdir`.</summary>
/// <param name="CopySetGid">A set-group-id bit of the parent is inherited.</param>
public readonly record struct MakeDirectoryRequest(
    uint Parent, ReadOnlyMemory<byte> Name, ushort Mode, ushort Umask, Credentials Caller, bool CopySetGid)
    : IClientRequest<MakeDirectoryRequest>
{
    public static PacketType Type => PacketType.MakeDirectory;

    public static MakeDirectoryRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new MakeDirectoryRequest(
            reader.U32(), reader.Name8(), reader.U16(), reader.U16(), reader.Credentials(), reader.Bool());
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
        writer.Bool(CopySetGid);
    }
}

public readonly record struct MakeDirectoryReply(uint Inode, AttributeRecord Attributes) : IClientReply<MakeDirectoryReply>
{
    public static PacketType Type => PacketType.MakeDirectoryReply;

    public static MakeDirectoryReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (uint inode, AttributeRecord attributes) = NodeBody.Parse(ref reader, client);
        return new(inode, attributes);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) =>
        NodeBody.Write(ref writer, Inode, Attributes, client);
}

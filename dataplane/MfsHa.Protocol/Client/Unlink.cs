using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_unlink`.</summary>
public readonly record struct UnlinkRequest(uint Parent, ReadOnlyMemory<byte> Name, Credentials Caller)
    : IClientRequest<UnlinkRequest>
{
    public static PacketType Type => PacketType.Unlink;

    public static UnlinkRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new UnlinkRequest(reader.U32(), reader.Name8(), reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Parent);
        writer.Name8(Name.Span);
        writer.Credentials(Caller);
    }
}

/// <summary>Success; clients before 3.0.107 and 4.18 are sent a status instead.</summary>
public readonly record struct UnlinkReply(uint Inode) : IClientReply<UnlinkReply>
{
    public static PacketType Type => PacketType.UnlinkReply;

    public static UnlinkReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new UnlinkReply(reader.U32());
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        if (client.UnlinkReturnsInode)
        {
            writer.U32(Inode);
        }
        else
        {
            writer.U8((byte)StatusCode.Ok);
        }
    }
}

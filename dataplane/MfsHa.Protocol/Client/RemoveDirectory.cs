using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_rmdir`.</summary>
public readonly record struct RemoveDirectoryRequest(uint Parent, ReadOnlyMemory<byte> Name, Credentials Caller)
    : IClientRequest<RemoveDirectoryRequest>
{
    public static PacketType Type => PacketType.RemoveDirectory;

    public static RemoveDirectoryRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new RemoveDirectoryRequest(reader.U32(), reader.Name8(), reader.Credentials());
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
public readonly record struct RemoveDirectoryReply(uint Inode) : IClientReply<RemoveDirectoryReply>
{
    public static PacketType Type => PacketType.RemoveDirectoryReply;

    public static RemoveDirectoryReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new RemoveDirectoryReply(reader.U32());
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

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_getfacl`.</summary>
public readonly record struct GetAclRequest(uint Inode, AclType AclType) : IClientRequest<GetAclRequest>
{
    public static PacketType Type => PacketType.GetAcl;

    public static GetAclRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new GetAclRequest(reader.U32(), (AclType)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U8((byte)AclType);
    }
}

public readonly record struct GetAclReply(AccessControlList Acl) : IClientReply<GetAclReply>
{
    public static PacketType Type => PacketType.GetAclReply;

    public static GetAclReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new GetAclReply(AccessControlList.Parse(ref reader));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => Acl.Write(ref writer);
}

/// <summary>Answered by a status (`matoclserv_fuse_setfacl`).</summary>
public readonly record struct SetAclRequest(uint Inode, uint Uid, AclType AclType, AccessControlList Acl)
    : IClientRequest<SetAclRequest>
{
    public static PacketType Type => PacketType.SetAcl;

    public static SetAclRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SetAclRequest(
            reader.U32(), reader.U32(), (AclType)reader.U8(), AccessControlList.Parse(ref reader));
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U32(Uid);
        writer.U8((byte)AclType);
        Acl.Write(ref writer);
    }
}

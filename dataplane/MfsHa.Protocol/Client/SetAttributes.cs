using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_setattr`. Times are seconds since 1970.</summary>
/// <param name="WinAttr">Absent from clients before 3.0.93.</param>
public readonly record struct SetAttributesRequest(
    uint Inode,
    bool Opened,
    Credentials Caller,
    SetAttributesMask Mask,
    ushort Mode,
    uint Uid,
    uint Gid,
    uint AccessTime,
    uint ModificationTime,
    WindowsAttributes? WinAttr,
    SetIdClearMode ClearSetIds) : IClientRequest<SetAttributesRequest>
{
    public static PacketType Type => PacketType.SetAttributes;

    public static SetAttributesRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SetAttributesRequest(
            reader.U32(),
            reader.Bool(),
            reader.Credentials(),
            (SetAttributesMask)reader.U8(),
            reader.U16(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.Remaining == 2 ? (WindowsAttributes)reader.U8() : null,
            (SetIdClearMode)reader.U8());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.Bool(Opened);
        writer.Credentials(Caller);
        writer.U8((byte)Mask);
        writer.U16(Mode);
        writer.U32(Uid);
        writer.U32(Gid);
        writer.U32(AccessTime);
        writer.U32(ModificationTime);
        if (WinAttr is { } attributes)
        {
            writer.U8((byte)attributes);
        }

        writer.U8((byte)ClearSetIds);
    }
}

public readonly record struct SetAttributesReply(AttributeRecord Attributes) : IClientReply<SetAttributesReply>
{
    public static PacketType Type => PacketType.SetAttributesReply;

    public static SetAttributesReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new SetAttributesReply(AttributeRecord.Parse(ref reader, client));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => Attributes.Write(ref writer, client);
}

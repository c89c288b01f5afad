using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>How much a GETATTR request says; told apart by length.</summary>
public enum GetAttributesForm : byte
{
    /// <summary>Inode, opened, uid, gid: what mounts in scope send.</summary>
    Full,

    /// <summary>Inode, uid, gid.</summary>
    WithoutOpened,

    /// <summary>Inode alone.</summary>
    InodeOnly,
}

/// <summary>`matoclserv_fuse_getattr`.</summary>
/// <param name="Opened">The caller has the file open: it need not lie below the session's root.</param>
public readonly record struct GetAttributesRequest(
    uint Inode, bool Opened, uint Uid, uint Gid, GetAttributesForm Form = GetAttributesForm.Full)
    : IClientRequest<GetAttributesRequest>
{
    private const int FullBody = 13;
    private const int WithoutOpenedBody = 12;
    private const int InodeOnlyBody = 4;

    public static PacketType Type => PacketType.GetAttributes;

    public static GetAttributesRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        switch (reader.Remaining)
        {
            case FullBody:
                return new(reader.U32(), reader.Bool(), reader.U32(), reader.U32());
            case WithoutOpenedBody:
                return new(reader.U32(), false, reader.U32(), reader.U32(), GetAttributesForm.WithoutOpened);
            case InodeOnlyBody:
                return new(reader.U32(), false, 0, 0, GetAttributesForm.InodeOnly);
            default:
                reader.Fail("4, 12 or 13 bytes", $"{reader.Remaining}");
                return default;
        }
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        if (Form == GetAttributesForm.InodeOnly)
        {
            return;
        }

        if (Form == GetAttributesForm.Full)
        {
            writer.Bool(Opened);
        }

        writer.U32(Uid);
        writer.U32(Gid);
    }
}

public readonly record struct GetAttributesReply(AttributeRecord Attributes) : IClientReply<GetAttributesReply>
{
    public static PacketType Type => PacketType.GetAttributesReply;

    public static GetAttributesReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new GetAttributesReply(AttributeRecord.Parse(ref reader, client));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => Attributes.Write(ref writer, client);
}

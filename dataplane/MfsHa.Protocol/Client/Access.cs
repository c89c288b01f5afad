using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>May the caller use an object so? Answered by a status (`matoclserv_fuse_access`).</summary>
/// <param name="Mask">An <see cref="AccessMask"/> in 16 bits; 8 in the single-group form.</param>
/// <param name="SingleGroupForm">The caller had no groups: `uid gid mask:u8` in place of a list.</param>
public readonly record struct AccessRequest(uint Inode, Credentials Caller, ushort Mask, bool SingleGroupForm = false)
    : IClientRequest<AccessRequest>
{
    private const int SingleGroupBody = 13;

    public static PacketType Type => PacketType.Access;

    public static AccessRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        bool single = reader.Remaining == SingleGroupBody;
        var request = single
            ? new AccessRequest(reader.U32(), new Credentials(reader.U32(), [reader.U32()]), reader.U8(), true)
            : new AccessRequest(reader.U32(), reader.Credentials(), reader.U16());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        if (SingleGroupForm)
        {
            writer.U32(Caller.Uid);
            writer.U32(Caller.PrimaryGroup);
            writer.U8((byte)Mask);
            return;
        }

        writer.Credentials(Caller);
        writer.U16(Mask);
    }
}

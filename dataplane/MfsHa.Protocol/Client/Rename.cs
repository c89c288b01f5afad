using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_rename`.</summary>
/// <param name="Mode">Sent by 4.x clients to servers from 4.18 on; null means <see cref="RenameMode.Standard"/>.</param>
public readonly record struct RenameRequest(
    uint SourceParent,
    ReadOnlyMemory<byte> SourceName,
    uint DestinationParent,
    ReadOnlyMemory<byte> DestinationName,
    Credentials Caller,
    RenameMode? Mode) : IClientRequest<RenameRequest>
{
    public static PacketType Type => PacketType.Rename;

    public static RenameRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new RenameRequest(
            reader.U32(),
            reader.Name8(),
            reader.U32(),
            reader.Name8(),
            reader.Credentials(),
            reader.Remaining > 0 ? (RenameMode)reader.U8() : null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(SourceParent);
        writer.Name8(SourceName.Span);
        writer.U32(DestinationParent);
        writer.Name8(DestinationName.Span);
        writer.Credentials(Caller);
        if (Mode is { } mode)
        {
            writer.U8((byte)mode);
        }
    }
}

/// <param name="Inode">The moved object; 0 after an exchange, with attributes of zeros.</param>
public readonly record struct RenameReply(uint Inode, AttributeRecord Attributes) : IClientReply<RenameReply>
{
    public static PacketType Type => PacketType.RenameReply;

    public static RenameReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (uint inode, AttributeRecord attributes) = NodeBody.Parse(ref reader, client);
        return new(inode, attributes);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) =>
        NodeBody.Write(ref writer, Inode, Attributes, client);
}

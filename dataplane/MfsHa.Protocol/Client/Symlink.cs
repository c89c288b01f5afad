using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_symlink`.</summary>
/// <param name="Target">As sent: clients end it with a NUL, which is not part of the target (<see cref="TrimmedTarget"/>).</param>
public readonly record struct SymlinkRequest(
    uint Parent, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Target, Credentials Caller) : IClientRequest<SymlinkRequest>
{
    public static PacketType Type => PacketType.Symlink;

    /// <summary>The target without trailing NULs.</summary>
    public ReadOnlyMemory<byte> TrimmedTarget => Target[..Target.Span.TrimEnd((byte)0).Length];

    public static SymlinkRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new SymlinkRequest(reader.U32(), reader.Name8(), reader.Str32(), reader.Credentials());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Parent);
        writer.Name8(Name.Span);
        writer.Str32(Target.Span);
        writer.Credentials(Caller);
    }
}

public readonly record struct SymlinkReply(uint Inode, AttributeRecord Attributes) : IClientReply<SymlinkReply>
{
    public static PacketType Type => PacketType.SymlinkReply;

    public static SymlinkReply Parse(ref PacketReader reader, PeerVersion client)
    {
        (uint inode, AttributeRecord attributes) = NodeBody.Parse(ref reader, client);
        return new(inode, attributes);
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) =>
        NodeBody.Write(ref writer, Inode, Attributes, client);
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_readlink`.</summary>
public readonly record struct ReadLinkRequest(uint Inode) : IClientRequest<ReadLinkRequest>
{
    public static PacketType Type => PacketType.ReadLink;

    public static ReadLinkRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new ReadLinkRequest(reader.U32());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer) => writer.U32(Inode);
}

/// <param name="Target">Without the NUL that ends it on the wire.</param>
public readonly record struct ReadLinkReply(ReadOnlyMemory<byte> Target) : IClientReply<ReadLinkReply>
{
    public static PacketType Type => PacketType.ReadLinkReply;

    public static ReadLinkReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new ReadLinkReply(ZeroTerminated.Parse(ref reader));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client) => writer.Str32Z(Target.Span);
}

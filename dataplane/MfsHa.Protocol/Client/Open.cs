using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`matoclserv_fuse_open`.</summary>
/// <param name="SingleGroupForm">The caller had no groups: `uid gid` in place of a list.</param>
public readonly record struct OpenRequest(uint Inode, Credentials Caller, OpenFlags Flags, bool SingleGroupForm = false)
    : IClientRequest<OpenRequest>
{
    private const int SingleGroupBody = 13;

    public static PacketType Type => PacketType.Open;

    public static OpenRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        bool single = reader.Remaining == SingleGroupBody;
        uint inode = reader.U32();
        Credentials caller = single ? new Credentials(reader.U32(), [reader.U32()]) : reader.Credentials();
        var request = new OpenRequest(inode, caller, (OpenFlags)reader.U8(), single);
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
        }
        else
        {
            writer.Credentials(Caller);
        }

        writer.U8((byte)Flags);
    }
}

/// <param name="Flags">Not sent to clients before 3.0.113 and 4.22.</param>
public readonly record struct OpenReply(OpenReplyFlags Flags, AttributeRecord Attributes) : IClientReply<OpenReply>
{
    public static PacketType Type => PacketType.OpenReply;

    public static OpenReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new OpenReply(
            client.KnowsFlags ? (OpenReplyFlags)reader.U8() : OpenReplyFlags.None, AttributeRecord.Parse(ref reader, client));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        if (client.KnowsFlags)
        {
            writer.U8((byte)Flags);
        }

        Attributes.Write(ref writer, client);
    }
}

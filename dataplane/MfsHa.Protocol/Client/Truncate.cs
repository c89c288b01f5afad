using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Four operations in one, told apart by <paramref name="Flags"/> (`matoclserv_fuse_truncate`).</summary>
/// <param name="Length">New length in bytes; with <see cref="TruncateFlags.Reserve"/> the bytes to reserve.</param>
public readonly record struct TruncateRequest(uint Inode, TruncateFlags Flags, Credentials Caller, ulong Length)
    : IClientRequest<TruncateRequest>
{
    public static PacketType Type => PacketType.Truncate;

    public static TruncateRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new TruncateRequest(
            reader.U32(), (TruncateFlags)reader.U8(), reader.Credentials(), reader.U64());
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U8((byte)Flags);
        writer.Credentials(Caller);
        writer.U64(Length);
    }
}

/// <param name="PreviousLength">Bytes before the call; for a reservation its first byte. Not sent to clients before 3.0.113 and 4.22.</param>
public readonly record struct TruncateReply(ulong PreviousLength, AttributeRecord Attributes) : IClientReply<TruncateReply>
{
    public static PacketType Type => PacketType.TruncateReply;

    public static TruncateReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new TruncateReply(
            client.KnowsFlags ? reader.U64() : 0, AttributeRecord.Parse(ref reader, client));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        if (client.KnowsFlags)
        {
            writer.U64(PreviousLength);
        }

        Attributes.Write(ref writer, client);
    }
}

using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Repairs a file whose chunks are missing (`matoclserv_fuse_repair`).</summary>
/// <param name="Flags">Sent by 4.x clients to servers from 4.27 on; 1: mfsfilerepair was called with -d.</param>
public readonly record struct RepairRequest(uint Inode, Credentials Caller, byte? Flags) : IClientRequest<RepairRequest>
{
    private const byte Delete = 1;

    /// <summary>Whether a chunk without any copy is to be given up for good. A client of 3.x cannot say otherwise.</summary>
    public bool GivesUp => Flags is not { } flags || (flags & Delete) != 0;

    public static PacketType Type => PacketType.Repair;

    public static RepairRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new RepairRequest(reader.U32(), reader.Credentials(), reader.Remaining > 0 ? reader.U8() : null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.Credentials(Caller);
        if (Flags is { } flags)
        {
            writer.U8(flags);
        }
    }
}

/// <summary>Chunks by what became of them.</summary>
public readonly record struct RepairReply(uint NotChanged, uint Erased, uint Repaired) : IClientReply<RepairReply>
{
    public static PacketType Type => PacketType.RepairReply;

    public static RepairReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new RepairReply(reader.U32(), reader.U32(), reader.U32());
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U32(NotChanged);
        writer.U32(Erased);
        writer.U32(Repaired);
    }
}

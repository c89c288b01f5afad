using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>`mfsmaster/matoclserv.c: matoclserv_fuse_statfs`.</summary>
public readonly record struct StatFsRequest : IClientRequest<StatFsRequest>
{
    public static PacketType Type => PacketType.StatFs;

    public static StatFsRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        reader.End();
        return default;
    }

    public void WriteBody(ref PacketWriter writer)
    {
    }
}

/// <summary>Space in bytes, clipped by quotas on the way to the session's root.</summary>
/// <param name="FreeSpace">Not sent to clients before 3.0.102 and 4.9.</param>
/// <param name="Inodes">Objects below the session's root.</param>
public readonly record struct StatFsReply(
    ulong TotalSpace, ulong AvailableSpace, ulong FreeSpace, ulong TrashSpace, ulong SustainedSpace, uint Inodes)
    : IClientReply<StatFsReply>
{
    public static PacketType Type => PacketType.StatFsReply;

    public static StatFsReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new StatFsReply(
            reader.U64(), reader.U64(), client.StatFsHasFreeSpace ? reader.U64() : 0, reader.U64(), reader.U64(), reader.U32());
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U64(TotalSpace);
        writer.U64(AvailableSpace);
        if (client.StatFsHasFreeSpace)
        {
            writer.U64(FreeSpace);
        }

        writer.U64(TrashSpace);
        writer.U64(SustainedSpace);
        writer.U32(Inodes);
    }
}

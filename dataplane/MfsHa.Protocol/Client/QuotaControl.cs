using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Limits that a QUOTACONTROL request sets.</summary>
/// <param name="GraceSeconds">0: the default; <see cref="KeepGrace"/>: unchanged.</param>
public readonly record struct QuotaSetting(uint GraceSeconds, QuotaLimits Soft, QuotaLimits Hard)
{
    public const uint KeepGrace = 0xFFFF_FFFF;
}

/// <summary>Reads, sets or deletes limits (`matoclserv_fuse_quotacontrol`).</summary>
/// <param name="Flags">Which limits to set or delete; without a setting and 0: only read.</param>
public readonly record struct QuotaControlRequest(uint Inode, QuotaFlags Flags, QuotaSetting? Setting)
    : IClientRequest<QuotaControlRequest>
{
    public static PacketType Type => PacketType.QuotaControl;

    public static QuotaControlRequest Parse(ref PacketReader reader, PeerVersion client)
    {
        var request = new QuotaControlRequest(
            reader.U32(),
            (QuotaFlags)reader.U8(),
            reader.Remaining > 0
                ? new QuotaSetting(reader.U32(), QuotaLimits.Parse(ref reader), QuotaLimits.Parse(ref reader))
                : null);
        reader.End();
        return request;
    }

    public void WriteBody(ref PacketWriter writer)
    {
        writer.U32(Inode);
        writer.U8((byte)Flags);
        if (Setting is { } setting)
        {
            writer.U32(setting.GraceSeconds);
            setting.Soft.Write(ref writer);
            setting.Hard.Write(ref writer);
        }
    }
}

/// <param name="IsDefaultGrace">Not sent to clients before 4.51.</param>
public readonly record struct QuotaControlReply(
    QuotaFlags Flags, bool IsDefaultGrace, uint GraceSeconds, QuotaLimits Soft, QuotaLimits Hard, QuotaLimits Current)
    : IClientReply<QuotaControlReply>
{
    public static PacketType Type => PacketType.QuotaControlReply;

    public static QuotaControlReply Parse(ref PacketReader reader, PeerVersion client)
    {
        var reply = new QuotaControlReply(
            (QuotaFlags)reader.U8(),
            client.QuotaHasDefaultGrace && reader.Bool(),
            reader.U32(),
            QuotaLimits.Parse(ref reader),
            QuotaLimits.Parse(ref reader),
            QuotaLimits.Parse(ref reader));
        reader.End();
        return reply;
    }

    public void WriteBody(ref PacketWriter writer, PeerVersion client)
    {
        writer.U8((byte)Flags);
        if (client.QuotaHasDefaultGrace)
        {
            writer.Bool(IsDefaultGrace);
        }

        writer.U32(GraceSeconds);
        Soft.Write(ref writer);
        Hard.Write(ref writer);
        Current.Write(ref writer);
    }
}

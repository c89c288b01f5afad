using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>What a byte of a quota says beside its limits.</summary>
[Flags]
public enum QuotaState : byte
{
    None = 0,

    /// <summary>A soft limit is exceeded for longer than the grace period.</summary>
    Exceeded = 1,

    /// <summary>The grace period is the server's default; only in answers to mode 1.</summary>
    DefaultGrace = 2,
}

/// <summary>One directory with limits.</summary>
/// <param name="Path">From the global root, beginning with '/'.</param>
/// <param name="SecondsToBlock">Until a soft limit counts as hard; 0xFFFFFFFF: none is exceeded.</param>
public sealed record QuotaEntry(
    uint Inode,
    ReadOnlyMemory<byte> Path,
    uint GraceSeconds,
    QuotaState State,
    QuotaFlags Flags,
    uint SecondsToBlock,
    QuotaLimits Soft,
    QuotaLimits Hard,
    QuotaLimits Current);

/// <summary>QUOTA_INFO (`mfsmaster/filesystem.c: fs_getquotainfo`).</summary>
public static class QuotaInfoReply
{
    public static void Write(ref PacketWriter writer, IEnumerable<QuotaEntry> quotas)
    {
        writer.Begin(PacketType.QuotaInfoReply);
        foreach (QuotaEntry quota in quotas)
        {
            writer.U32(quota.Inode);
            writer.Str32(quota.Path.Span);
            writer.U32(quota.GraceSeconds);
            writer.U8((byte)quota.State);
            writer.U8((byte)quota.Flags);
            writer.U32(quota.SecondsToBlock);
            quota.Soft.Write(ref writer);
            quota.Hard.Write(ref writer);
            quota.Current.Write(ref writer);
        }

        writer.End();
    }

    public static IReadOnlyList<QuotaEntry> Parse(ref PacketReader reader)
    {
        var quotas = new List<QuotaEntry>();
        while (reader.Remaining > 0)
        {
            quotas.Add(new(
                reader.U32(),
                reader.Str32(),
                reader.U32(),
                (QuotaState)reader.U8(),
                (QuotaFlags)reader.U8(),
                reader.U32(),
                QuotaLimits.Parse(ref reader),
                QuotaLimits.Parse(ref reader),
                QuotaLimits.Parse(ref reader)));
        }

        return quotas;
    }
}

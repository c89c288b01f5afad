using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.MetaLogger;

/// <summary>Answer to a supervisor's registration (`mfsmaster/matomlserv.c: matomlserv_get_state`).</summary>
/// <param name="MetaId">Absent for old supervisors; without it no time follows.</param>
/// <param name="Microseconds">Server's time since 1970; absent for older supervisors.</param>
public readonly record struct MasterStatePacket(ulong MetaVersion, ulong? MetaId, ulong? Microseconds)
{
    private const uint CommunityState = 0xFFFF_FFFF;
    private const int UnusedAfterState = 8;

    public static MasterStatePacket Parse(ref PacketReader reader)
    {
        uint state = reader.U32();
        if (state != CommunityState)
        {
            reader.Fail($"state {CommunityState:x}", $"{state:x}");
        }

        reader.Span(UnusedAfterState);
        ulong version = reader.U64();
        ulong? metaId = reader.Remaining > 0 ? reader.U64() : null;
        ulong? time = reader.Remaining > 0 ? reader.U64() : null;
        if (time is not null)
        {
            reader.U32();
        }

        reader.End();
        return new(version, metaId, time);
    }

    public void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerState);
        writer.U32(CommunityState);
        writer.Zeros(UnusedAfterState);
        writer.U64(MetaVersion);
        if (MetaId is { } metaId)
        {
            writer.U64(metaId);
            if (Microseconds is { } time)
            {
                writer.U64(time);
                writer.U32(0);
            }
        }

        writer.End();
    }
}

/// <summary>A supervisor asks to save the metadata now.</summary>
public readonly record struct StoreMetadataRequest
{
    public static StoreMetadataRequest Parse(ref PacketReader reader)
    {
        reader.End();
        return default;
    }

    public static void Write(ref PacketWriter writer)
    {
        writer.Begin(PacketType.MetaLoggerStoreMetadata);
        writer.End();
    }
}

/// <summary>Packets on metalogger connections that carry next to nothing.</summary>
public static class MetaLoggerPackets
{
    /// <summary>Keep-alive: empty, unlike the clients'.</summary>
    public static void WriteNop(ref PacketWriter writer)
    {
        writer.Begin(PacketType.Nop);
        writer.End();
    }

    /// <summary>Raises the read time-out; only for metaloggers from 4.24 on.</summary>
    public static void WriteForceTimeout(ref PacketWriter writer, ushort seconds)
    {
        writer.Begin(PacketType.ForceTimeout);
        writer.U16(seconds);
        writer.End();
    }
}

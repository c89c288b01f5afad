using MfsHa.Protocol.ChunkServer;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>State of a chunkserver in CSERV_LIST.</summary>
[Flags]
public enum ChunkServerFlags : byte
{
    None = 0,
    Disconnected = 1,
    Maintenance = 2,
    TemporaryMaintenance = 4,
}

/// <summary>Shape of an entry of CSERV_LIST; told apart by length.</summary>
public enum ChunkServerListForm
{
    /// <summary>Of 3.x masters.</summary>
    Basic = 69,

    /// <summary>With the address before remapping; what 4.26+ masters answer an empty question.</summary>
    WithOriginalIp = 73,

    /// <summary>With the seconds of maintenance left; answers mode 1.</summary>
    WithMaintenance = 77,
}

/// <summary>One chunkserver (`mfsmaster/matocsserv.c: matocsserv_cservlist_data`).</summary>
/// <param name="Version">Only its low 24 bits are sent.</param>
/// <param name="GraceSeconds">Heavy-load grace; special values for overloaded (0xC0000000) and rebalancing (0x80000000, 0x40000000).</param>
/// <param name="RemovalStatus">Of disks marked for removal: 0 validating, 1 in progress, 2 ready.</param>
/// <param name="MaintenanceLeft">Seconds; 0xFFFFFFFF: none.</param>
public sealed record ChunkServerEntry(
    ChunkServerFlags Flags,
    PeerVersion Version,
    uint OriginalIp,
    uint Ip,
    ushort Port,
    ushort ChunkServerId,
    SpaceReport Space,
    uint Errors,
    uint Load,
    uint GraceSeconds,
    uint Labels,
    byte RemovalStatus,
    uint MaintenanceLeft = ChunkServerEntry.NoMaintenance)
{
    public const uint NoMaintenance = 0xFFFF_FFFF;

    internal static ChunkServerEntry Parse(ref PacketReader reader, ChunkServerListForm form)
    {
        var flags = (ChunkServerFlags)reader.U8();
        var version = new PeerVersion(((uint)reader.U8() << 16) | reader.U16());
        uint originalIp = form == ChunkServerListForm.Basic ? 0 : reader.U32();
        return new(
            flags,
            version,
            originalIp,
            reader.U32(),
            reader.U16(),
            reader.U16(),
            SpaceReport.ParseFields(ref reader),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.U32(),
            reader.U8(),
            form == ChunkServerListForm.WithMaintenance ? reader.U32() : NoMaintenance);
    }

    internal void Write(ref PacketWriter writer, ChunkServerListForm form)
    {
        writer.U8((byte)Flags);
        writer.U8((byte)(Version.Wire >> 16));
        writer.U16((ushort)Version.Wire);
        if (form != ChunkServerListForm.Basic)
        {
            writer.U32(OriginalIp);
        }

        writer.U32(Ip);
        writer.U16(Port);
        writer.U16(ChunkServerId);
        Space.WriteFields(ref writer);
        writer.U32(Errors);
        writer.U32(Load);
        writer.U32(GraceSeconds);
        writer.U32(Labels);
        writer.U8(RemovalStatus);
        if (form == ChunkServerListForm.WithMaintenance)
        {
            writer.U32(MaintenanceLeft);
        }
    }
}

/// <summary>CSERV_LIST.</summary>
public static class ChunkServerListReply
{
    public static void Write(
        ref PacketWriter writer, uint? messageId, IEnumerable<ChunkServerEntry> servers, ChunkServerListForm form)
    {
        ToolReply.Begin(ref writer, PacketType.ChunkServerListReply, messageId);
        foreach (ChunkServerEntry server in servers)
        {
            server.Write(ref writer, form);
        }

        writer.End();
    }

    public static IReadOnlyList<ChunkServerEntry> Parse(ref PacketReader reader, ChunkServerListForm form)
    {
        var servers = new List<ChunkServerEntry>();
        while (reader.Remaining > 0)
        {
            servers.Add(ChunkServerEntry.Parse(ref reader, form));
        }

        return servers;
    }
}

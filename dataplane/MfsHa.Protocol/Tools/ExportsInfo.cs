using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>What else an export says.</summary>
[Flags]
public enum ExportFlags : byte
{
    None = 0,
    AllDirectories = 1,
    Password = 2,
}

/// <summary>One line of mfsexports.cfg in EXPORTS_INFO.</summary>
/// <param name="FromIp">First address, first octet in the high byte.</param>
/// <param name="Path">"." for trash and sustained files.</param>
/// <param name="MinVersion">As in the configuration: `x&lt;&lt;16 | y&lt;&lt;8 | z`, z not doubled.</param>
public sealed record ExportEntry(
    uint FromIp,
    uint ToIp,
    ReadOnlyMemory<byte> Path,
    uint MinVersion,
    ExportFlags ExtraFlags,
    SessionFlags Flags,
    ushort Umask,
    uint RootUid,
    uint RootGid,
    uint MapAllUid,
    uint MapAllGid,
    byte MinGoal,
    byte MaxGoal,
    ushort StorageClassGroups,
    uint MinTrashSeconds,
    uint MaxTrashSeconds,
    DisabledOperations Disables);

/// <summary>EXPORTS_INFO (`mfsmaster/exports.c: exports_info_data`).</summary>
public static class ExportsInfoReply
{
    private const byte GoalsMode = 1;
    private const byte UmaskMode = 2;
    private const byte DisablesMode = 3;
    private const byte GroupsMode = 4;

    /// <param name="mode">The question's; 0 if it had none.</param>
    public static void Write(ref PacketWriter writer, byte mode, IEnumerable<ExportEntry> exports)
    {
        writer.Begin(PacketType.ExportsInfoReply);
        foreach (ExportEntry export in exports)
        {
            WriteEntry(ref writer, mode, export);
        }

        writer.End();
    }

    public static IReadOnlyList<ExportEntry> Parse(ref PacketReader reader, byte mode)
    {
        var exports = new List<ExportEntry>();
        while (reader.Remaining > 0)
        {
            exports.Add(ParseEntry(ref reader, mode));
        }

        return exports;
    }

    private static void WriteEntry(ref PacketWriter writer, byte mode, ExportEntry export)
    {
        writer.U32(export.FromIp);
        writer.U32(export.ToIp);
        writer.Str32(export.Path.Span);
        writer.U32(export.MinVersion);
        writer.U8((byte)export.ExtraFlags);
        writer.U8((byte)export.Flags);
        if (mode >= UmaskMode)
        {
            writer.U16(export.Umask);
        }

        writer.U32(export.RootUid);
        writer.U32(export.RootGid);
        writer.U32(export.MapAllUid);
        writer.U32(export.MapAllGid);
        if (mode >= GroupsMode)
        {
            writer.U16(export.StorageClassGroups);
        }
        else if (mode >= GoalsMode)
        {
            writer.U8(export.MinGoal);
            writer.U8(export.MaxGoal);
        }

        if (mode >= GoalsMode)
        {
            writer.U32(export.MinTrashSeconds);
            writer.U32(export.MaxTrashSeconds);
        }

        if (mode >= DisablesMode)
        {
            writer.U32((uint)export.Disables);
        }
    }

    private static ExportEntry ParseEntry(ref PacketReader reader, byte mode)
    {
        (uint from, uint to, ReadOnlyMemory<byte> path, uint version) = (reader.U32(), reader.U32(), reader.Str32(), reader.U32());
        (var extra, var flags) = ((ExportFlags)reader.U8(), (SessionFlags)reader.U8());
        ushort umask = mode >= UmaskMode ? reader.U16() : (ushort)0;
        (uint rootUid, uint rootGid, uint mapUid, uint mapGid) = (reader.U32(), reader.U32(), reader.U32(), reader.U32());
        ushort groups = mode >= GroupsMode ? reader.U16() : (ushort)0;
        (byte minGoal, byte maxGoal) = mode is >= GoalsMode and < GroupsMode ? (reader.U8(), reader.U8()) : ((byte)0, (byte)0);
        (uint minTrash, uint maxTrash) = mode >= GoalsMode ? (reader.U32(), reader.U32()) : (0u, 0u);
        DisabledOperations disables = mode >= DisablesMode ? (DisabledOperations)reader.U32() : DisabledOperations.None;
        return new(
            from, to, path, version, extra, flags, umask, rootUid, rootGid, mapUid, mapGid, minGoal, maxGoal, groups, minTrash, maxTrash, disables);
    }
}

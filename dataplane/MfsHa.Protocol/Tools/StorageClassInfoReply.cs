using MfsHa.Protocol.Client;
using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Tools;

/// <summary>
/// SCLASS_INFO in the 3.x form (no format), in formats 1 to 5, or in the brief form (`matoclserv_sclass_info`,
/// `mfsmaster/storageclass.c: sclass_info`).
/// </summary>
public static class StorageClassInfoReply
{
    /// <summary>Ids, names and whether there are chunks.</summary>
    public const byte BriefFormat = 128;

    /// <summary>The newest format known.</summary>
    public const byte NewestFormat = 5;

    private const byte LegacyFormat = 0;
    private const byte ErasureCodingFormat = 2;
    private const byte MinSizeFormat = 3;
    private const byte OverridesFormat = 4;
    private const byte DescriptionFormat = 5;
    private const int LegacyCounters = 6;
    private const int CopyCounters = 9;
    private const int AllCounters = 18;

    /// <param name="format">The question's; 0 if it had none.</param>
    /// <param name="servers">Connected chunkservers.</param>
    public static void Write(ref PacketWriter writer, byte format, ushort servers, IEnumerable<StorageClassInfo> classes)
    {
        writer.Begin(PacketType.StorageClassInfoReply);
        if (format != BriefFormat)
        {
            writer.U16(servers);
        }

        foreach (StorageClassInfo storageClass in classes)
        {
            WriteClass(ref writer, format, storageClass);
        }

        writer.End();
    }

    public static (ushort Servers, IReadOnlyList<StorageClassInfo> Classes) Parse(ref PacketReader reader, byte format)
    {
        if (format is > NewestFormat and not BriefFormat)
        {
            reader.Fail($"a format of 0 to {NewestFormat} or {BriefFormat}", $"{format}");
        }

        ushort servers = format == BriefFormat ? (ushort)0 : reader.U16();
        var classes = new List<StorageClassInfo>();
        while (reader.Remaining > 0)
        {
            classes.Add(format == BriefFormat ? ParseBrief(ref reader) : ParseClass(ref reader, format));
        }

        return (servers, classes);
    }

    private static int CountersOf(byte format) => format switch
    {
        LegacyFormat => LegacyCounters,
        < ErasureCodingFormat => CopyCounters,
        _ => AllCounters,
    };

    private static void WriteClass(ref PacketWriter writer, byte format, StorageClassInfo info)
    {
        writer.U8(info.ClassId);
        writer.Name8(info.Name.Span);
        if (format == BriefFormat)
        {
            writer.Bool(info.HasChunks);
            return;
        }

        if (format >= DescriptionFormat)
        {
            writer.Name8(info.Description.Span);
        }

        writer.U32(info.Files);
        writer.U32(info.Directories);
        ArgumentOutOfRangeException.ThrowIfNotEqual(info.Chunks.Count, CountersOf(format));
        foreach (ulong count in info.Chunks)
        {
            writer.U64(count);
        }

        WriteSettings(ref writer, format, info);
        ReadOnlySpan<StorageClassInfoState> states = format == LegacyFormat
            ? [info.Create, info.Keep, info.Archive]
            : [info.Create, info.Keep, info.Archive, info.Trash];
        for (int i = 0; i < states.Length; i++)
        {
            WriteState(ref writer, format, states[i], i >= StorageClassInfoStates.FirstWithErasureCode);
        }

        foreach (StorageClassInfoState state in states)
        {
            WriteLabels(ref writer, state);
        }
    }

    private static void WriteSettings(ref PacketWriter writer, byte format, StorageClassInfo info)
    {
        if (format >= DescriptionFormat)
        {
            writer.U32(info.Priority);
            writer.U8(info.ExportGroup);
        }

        writer.Bool(info.AdminOnly);
        writer.U8(info.LabelsMode);
        if (format != LegacyFormat)
        {
            writer.U8(info.ArchiveMode);
        }

        writer.U16(info.ArchiveDelay);
        if (format >= MinSizeFormat)
        {
            writer.U64(info.ArchiveMinSize);
        }

        if (format != LegacyFormat)
        {
            writer.U16(info.MinTrashHours);
        }
    }

    private static void WriteState(ref PacketWriter writer, byte format, StorageClassInfoState state, bool hasErasureCode)
    {
        writer.U8(state.Fulfillable);
        writer.U8(checked((byte)state.Definition.Labels.Count));
        if (format == LegacyFormat)
        {
            return;
        }

        if (hasErasureCode)
        {
            writer.U8(state.Definition.ErasureCode);
        }

        writer.U32(state.Definition.UniqueMask);
        if (format >= OverridesFormat)
        {
            writer.U8(state.Definition.LabelsMode);
        }
    }

    private static void WriteLabels(ref PacketWriter writer, StorageClassInfoState state)
    {
        for (int i = 0; i < state.Definition.Labels.Count; i++)
        {
            writer.Bytes(state.Definition.Labels[i].Span);
            writer.U16(state.Matching[i]);
        }
    }

    private static StorageClassInfo ParseBrief(ref PacketReader reader)
    {
        var none = new StorageClassInfoState(0, StorageClassState.Undefined, []);
        return new(reader.U8(), reader.Name8(), default, 0, 0, [], 0, 0, false, 0, 0, 0, 0, 0, none, none, none, none, reader.Bool());
    }

    private static StorageClassInfo ParseClass(ref PacketReader reader, byte format)
    {
        (byte id, ReadOnlyMemory<byte> name) = (reader.U8(), reader.Name8());
        ReadOnlyMemory<byte> description = format >= DescriptionFormat ? reader.Name8() : default;
        (uint files, uint directories) = (reader.U32(), reader.U32());
        var chunks = new ulong[CountersOf(format)];
        foreach (ref ulong count in chunks.AsSpan())
        {
            count = reader.U64();
        }

        (uint priority, byte group) = format >= DescriptionFormat ? (reader.U32(), reader.U8()) : (0u, (byte)0);
        (bool admin, byte mode) = (reader.Bool(), reader.U8());
        byte archiveMode = format == LegacyFormat ? (byte)0 : reader.U8();
        ushort delay = reader.U16();
        ulong minSize = format >= MinSizeFormat ? reader.U64() : 0;
        ushort minTrash = format == LegacyFormat ? (ushort)0 : reader.U16();
        StorageClassInfoState[] states = StorageClassInfoStates.Parse(ref reader, format == LegacyFormat, format >= OverridesFormat);
        return new(
            id, name, description, files, directories, chunks, priority, group, admin, mode, archiveMode, delay, minSize, minTrash,
            states[0], states[1], states[2], states[3]);
    }
}

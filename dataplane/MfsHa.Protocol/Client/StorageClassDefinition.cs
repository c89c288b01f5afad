using MfsHa.Protocol.Framing;

namespace MfsHa.Protocol.Client;

/// <summary>Which servers chunks in one state of a storage class lie on.</summary>
/// <param name="Labels">
/// One expression per copy, 0 to 9: 128 bytes each, in format 0 16 bytes (four or-ed masks of and-ed labels).
/// </param>
/// <param name="UniqueMask">Labels, ip or rack that copies must not share; not in format 0.</param>
/// <param name="LabelsMode">0 loose, 1 standard, 2 strict, <see cref="ClassDefault"/>; from format 5 on.</param>
/// <param name="ErasureCode">Data parts in the high half, checksum parts in the low; archive and trash only.</param>
public sealed record StorageClassState(
    IReadOnlyList<ReadOnlyMemory<byte>> Labels,
    uint UniqueMask = 0,
    byte LabelsMode = StorageClassState.ClassDefault,
    byte ErasureCode = 0)
{
    public const byte ClassDefault = 0xFF;

    public static StorageClassState Undefined { get; } = new([]);
}

/// <summary>
/// A storage class as administration requests carry it, in one of the formats 0 to 6 that the tools' versions brought
/// (`mfsmaster/matoclserv.c: matoclserv_sclass_create`, `mfsclient/tools_sclass.c`).
/// </summary>
/// <param name="LabelsMode">0 loose, 1 standard, 2 strict.</param>
/// <param name="ArchiveDelay">Hours; days in format 0.</param>
/// <param name="ArchiveMode">From format 3 on: 1 ctime, 2 mtime, 4 atime, 8 reversible, 16 fast, 32 per chunk.</param>
/// <param name="ArchiveMinSize">Bytes; from format 4 on.</param>
/// <param name="Description">With priority and export group from format 6 on.</param>
public sealed record StorageClassDefinition(
    bool AdminOnly,
    byte LabelsMode,
    ushort ArchiveDelay,
    StorageClassState Create,
    StorageClassState Keep,
    StorageClassState Archive,
    StorageClassState Trash,
    byte ArchiveMode = 0,
    ulong ArchiveMinSize = 0,
    ushort MinTrashHours = 0,
    ReadOnlyMemory<byte> Description = default,
    uint Priority = 0,
    byte ExportGroup = 0)
{
    /// <summary>The format of 3.x tools.</summary>
    public const byte MaskFormat = 0;

    /// <summary>The newest format known.</summary>
    public const byte NewestFormat = 6;

    /// <summary>Most labels in one state.</summary>
    public const int MaxLabels = 9;

    /// <summary>Bytes of a label expression.</summary>
    public const int ExpressionSize = 128;

    /// <summary>Bytes of a label in <see cref="MaskFormat"/>.</summary>
    public const int MasksSize = 16;

    private const byte ArchiveModeFormat = 3;
    private const byte MinSizeFormat = 4;
    private const byte OverridesFormat = 5;
    private const byte DescriptionFormat = 6;

    public static StorageClassDefinition Parse(ref PacketReader reader, byte format)
    {
        if (format > NewestFormat)
        {
            reader.Fail($"a format of 0 to {NewestFormat}", $"{format}");
        }

        return format == MaskFormat ? ParseMasks(ref reader) : ParseExpressions(ref reader, format);
    }

    public void Write(ref PacketWriter writer, byte format)
    {
        if (format == MaskFormat)
        {
            WriteMasks(ref writer);
        }
        else
        {
            WriteExpressions(ref writer, format);
        }
    }

    private static StorageClassDefinition ParseMasks(ref PacketReader reader)
    {
        (bool admin, byte mode, ushort delay) = (reader.Bool(), reader.U8(), reader.U16());
        (byte create, byte keep, byte archive) = (reader.U8(), reader.U8(), reader.U8());
        return new(
            admin,
            mode,
            delay,
            new(ParseLabels(ref reader, create, MasksSize)),
            new(ParseLabels(ref reader, keep, MasksSize)),
            new(ParseLabels(ref reader, archive, MasksSize)),
            StorageClassState.Undefined);
    }

    private static StorageClassDefinition ParseExpressions(ref PacketReader reader, byte format)
    {
        ReadOnlyMemory<byte> description = format >= DescriptionFormat ? reader.Name8() : default;
        uint priority = format >= DescriptionFormat ? reader.U32() : 0;
        byte exportGroup = format >= DescriptionFormat ? reader.U8() : (byte)0;
        (bool admin, byte mode) = (reader.Bool(), reader.U8());
        byte archiveMode = format >= ArchiveModeFormat ? reader.U8() : (byte)0;
        ushort delay = reader.U16();
        ulong minSize = format >= MinSizeFormat ? reader.U64() : 0;
        ushort minTrash = reader.U16();
        (byte archiveCode, byte trashCode) = (reader.U8(), reader.U8());
        Span<byte> modes = [StorageClassState.ClassDefault, StorageClassState.ClassDefault, StorageClassState.ClassDefault, StorageClassState.ClassDefault];
        if (format >= OverridesFormat)
        {
            reader.Span(modes.Length).CopyTo(modes);
        }

        (uint create, uint keep, uint archive, uint trash) = (reader.U32(), reader.U32(), reader.U32(), reader.U32());
        (byte creates, byte keeps, byte archives, byte trashes) = (reader.U8(), reader.U8(), reader.U8(), reader.U8());
        return new(
            admin,
            mode,
            delay,
            new(ParseLabels(ref reader, creates, ExpressionSize), create, modes[0]),
            new(ParseLabels(ref reader, keeps, ExpressionSize), keep, modes[1]),
            new(ParseLabels(ref reader, archives, ExpressionSize), archive, modes[2], archiveCode),
            new(ParseLabels(ref reader, trashes, ExpressionSize), trash, modes[3], trashCode),
            archiveMode,
            minSize,
            minTrash,
            description,
            priority,
            exportGroup);
    }

    private static ReadOnlyMemory<byte>[] ParseLabels(ref PacketReader reader, int count, int size)
    {
        if (count > MaxLabels)
        {
            reader.Fail($"at most {MaxLabels} labels", $"{count}");
        }

        var labels = new ReadOnlyMemory<byte>[count];
        foreach (ref ReadOnlyMemory<byte> label in labels.AsSpan())
        {
            label = reader.Bytes(size);
        }

        return labels;
    }

    private static void WriteLabels(ref PacketWriter writer, StorageClassState state)
    {
        foreach (ReadOnlyMemory<byte> label in state.Labels)
        {
            writer.Bytes(label.Span);
        }
    }

    private void WriteMasks(ref PacketWriter writer)
    {
        writer.Bool(AdminOnly);
        writer.U8(LabelsMode);
        writer.U16(ArchiveDelay);
        writer.U8(checked((byte)Create.Labels.Count));
        writer.U8(checked((byte)Keep.Labels.Count));
        writer.U8(checked((byte)Archive.Labels.Count));
        WriteLabels(ref writer, Create);
        WriteLabels(ref writer, Keep);
        WriteLabels(ref writer, Archive);
    }

    private void WriteExpressions(ref PacketWriter writer, byte format)
    {
        ReadOnlySpan<StorageClassState> states = [Create, Keep, Archive, Trash];
        if (format >= DescriptionFormat)
        {
            writer.Name8(Description.Span);
            writer.U32(Priority);
            writer.U8(ExportGroup);
        }

        writer.Bool(AdminOnly);
        writer.U8(LabelsMode);
        if (format >= ArchiveModeFormat)
        {
            writer.U8(ArchiveMode);
        }

        writer.U16(ArchiveDelay);
        if (format >= MinSizeFormat)
        {
            writer.U64(ArchiveMinSize);
        }

        writer.U16(MinTrashHours);
        writer.U8(Archive.ErasureCode);
        writer.U8(Trash.ErasureCode);
        if (format >= OverridesFormat)
        {
            foreach (StorageClassState state in states)
            {
                writer.U8(state.LabelsMode);
            }
        }

        foreach (StorageClassState state in states)
        {
            writer.U32(state.UniqueMask);
        }

        foreach (StorageClassState state in states)
        {
            writer.U8(checked((byte)state.Labels.Count));
        }

        foreach (StorageClassState state in states)
        {
            WriteLabels(ref writer, state);
        }
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.StorageClasses;
using MfsHa.MetadataFile.Frame;

namespace MfsHa.MetadataFile.Sections;

/// <summary>SCLA 1.B of 4.56 and 1.C of 4.57 and later: four modes, labels as expressions, erasure coding.</summary>
internal static class Classes4
{
    private const ushort ExpressionLength = LabelExpression.MaxLength;
    private const byte ErasureCodingVersion = 2;

    public static IEnumerable<Pause> Write(FileBuilder file, IReadOnlyCollection<StorageClassRecord> classes, MetadataReport report)
    {
        file.UInt16(ExpressionLength);
        file.Byte(classes.Any(static c => c.Archive.ErasureCoding != 0 || c.Trash.ErasureCoding != 0) ? ErasureCodingVersion : (byte)0);
        foreach (var record in classes)
        {
            if (record.Description.Length > 0 || record.Priority != 0)
            {
                report.Lose($"storage class \"{record.Name}\": 4.56 has no descriptions and priorities");
            }

            WriteClass(file, record);
            yield return default;
        }

        file.UInt16(0);
    }

    public static IEnumerable<StorageClassRecord> Read(FileParser file, bool hasDescriptions)
    {
        var expressionLength = file.UInt16();
        if (expressionLength is 0 or > 4 * LabelExpression.MaxLength)
        {
            throw file.Damaged($"label expressions of {expressionLength} bytes; {ExpressionLength} were expected");
        }

        _ = file.Byte(); // level of erasure coding: what classes have says enough
        while (file.UInt16() is not 0 and var id)
        {
            yield return ReadClass(file, id, expressionLength, hasDescriptions);
        }
    }

    private static void WriteClass(FileBuilder file, StorageClassRecord record)
    {
        file.UInt16(record.Id);
        file.Byte((byte)record.Name.Length);
        file.Byte(record.AdminOnly ? (byte)1 : (byte)0);
        file.Byte((byte)(record.LabelsMode == LabelsMode.OfClass ? LabelsMode.Standard : record.LabelsMode));
        file.Byte(record.ArchiveMode);
        file.UInt16(record.ArchiveDelayHours);
        file.UInt64(record.ArchiveMinSize);
        file.UInt16(record.MinTrashHours);
        WriteMode(file, record.Create, hasErasureCoding: false);
        WriteMode(file, record.Keep, hasErasureCoding: false);
        WriteMode(file, record.Archive, hasErasureCoding: true);
        WriteMode(file, record.Trash, hasErasureCoding: true);
        file.Bytes(record.Name.Span);
        foreach (var label in record.Create.Labels.Concat(record.Keep.Labels).Concat(record.Archive.Labels).Concat(record.Trash.Labels))
        {
            file.Bytes(label);
            file.Zeros(ExpressionLength - label.Length);
        }
    }

    private static void WriteMode(FileBuilder file, StorageMode mode, bool hasErasureCoding)
    {
        file.Byte((byte)mode.Labels.Length);
        if (hasErasureCoding)
        {
            file.Byte(mode.ErasureCoding);
        }

        file.UInt32(mode.UniqueMask);
        file.Byte((byte)mode.LabelsMode);
    }

    private static StorageClassRecord ReadClass(FileParser file, ushort id, ushort expressionLength, bool hasDescription)
    {
        var nameLength = file.Byte();
        var descriptionLength = hasDescription ? file.Byte() : (byte)0;
        var priority = hasDescription ? file.UInt32() : 0;
        var group = hasDescription ? file.Byte() : id <= StorageClassRecord.MaxGoal ? (byte)id : (byte)0;
        var admin = file.Byte();
        var labels = file.Byte();
        var archiveMode = file.Byte();
        var delay = file.UInt16();
        var minSize = file.UInt64();
        var minTrash = file.UInt16();
        (int Count, StorageMode Mode)[] modes = [ReadMode(file, false), ReadMode(file, false), ReadMode(file, true), ReadMode(file, true)];
        ClassCheck.Check(file, id, labels, modes.Select(static m => m.Count));
        var name = new Name(file.Bytes(nameLength));
        var description = file.Bytes(descriptionLength);
        var full = modes.Select(m => m.Mode with { Labels = ReadLabels(file, id, m.Count, expressionLength) }).ToArray();
        return new StorageClassRecord
        {
            Id = (byte)id,
            Name = name,
            Description = description,
            Priority = priority,
            ExportGroup = group,
            AdminOnly = admin != 0,
            LabelsMode = (LabelsMode)labels,
            ArchiveMode = archiveMode,
            ArchiveDelayHours = delay,
            ArchiveMinSize = minSize,
            MinTrashHours = minTrash,
            Create = full[0],
            Keep = full[1],
            Archive = full[2],
            Trash = full[3],
        };
    }

    private static (int Count, StorageMode Mode) ReadMode(FileParser file, bool hasErasureCoding)
    {
        var count = file.Byte();
        var erasureCoding = hasErasureCoding ? file.Byte() : (byte)0;
        return (count, new StorageMode { ErasureCoding = erasureCoding, UniqueMask = file.UInt32(), LabelsMode = (LabelsMode)file.Byte() });
    }

    private static byte[][] ReadLabels(FileParser file, ushort id, int count, ushort expressionLength)
    {
        var labels = new byte[count][];
        for (var label = 0; label < count; label++)
        {
            labels[label] = LabelExpression.Trimmed(file.Bytes(expressionLength));
            if (!LabelExpression.IsValid(labels[label]))
            {
                throw file.Damaged($"storage class {id} has a label expression that means nothing");
            }
        }

        return labels;
    }
}

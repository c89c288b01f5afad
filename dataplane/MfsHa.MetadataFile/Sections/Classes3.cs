using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.StorageClasses;
using MfsHa.MetadataFile.Frame;

namespace MfsHa.MetadataFile.Sections;

/// <summary>SCLA 1.6, the storage classes of 3.0.117: create, keep and archive labels as masks, each 1..9 copies.</summary>
internal static class Classes3
{
    private const int EndLength = 10;
    private const int HoursPerDay = 24;

    public static IEnumerable<Pause> Write(FileBuilder file, IEnumerable<StorageClassRecord> classes, MetadataReport report)
    {
        file.Byte(LabelExpression.MasksPerLabel);
        foreach (var record in classes)
        {
            NoteLosses(record, report);
            StorageMode[] modes = [record.CreateMode, record.Keep, record.Archive.Labels.Length > 0 && record.Archive.ErasureCoding == 0 ? record.Archive : record.Keep];
            file.UInt16(record.Id);
            file.Byte((byte)record.Name.Length);
            file.Byte(record.AdminOnly ? (byte)1 : (byte)0);
            file.Byte((byte)(record.LabelsMode == LabelsMode.OfClass ? LabelsMode.Standard : record.LabelsMode));
            file.UInt16((ushort)((record.ArchiveDelayHours + HoursPerDay - 1) / HoursPerDay));
            foreach (var mode in modes)
            {
                file.Byte((byte)mode.Labels.Length);
            }

            file.Bytes(record.Name.Span);
            foreach (var label in modes.SelectMany(static m => m.Labels))
            {
                WriteLabel(file, record, label, report);
            }

            yield return default;
        }

        file.Zeros(EndLength);
    }

    public static IEnumerable<StorageClassRecord> Read(FileParser file)
    {
        var groups = file.Byte();
        if (groups is 0 or > LabelExpression.MasksPerLabel)
        {
            throw file.Damaged($"{groups} masks per label; 1..{LabelExpression.MasksPerLabel} were expected");
        }

        while (true)
        {
            var id = file.UInt16();
            var nameLength = file.Byte();
            var admin = file.Byte();
            var labels = file.Byte();
            var days = file.UInt16();
            int[] counts = [file.Byte(), file.Byte(), file.Byte()];
            if (id == 0)
            {
                yield break;
            }

            ClassCheck.Check(file, id, labels, counts);
            var name = new Name(file.Bytes(nameLength));
            var modes = counts.Select(count => new StorageMode { Labels = ReadLabels(file, count, groups) }).ToArray();
            yield return new StorageClassRecord
            {
                Id = (byte)id,
                Name = name,
                AdminOnly = admin != 0,
                LabelsMode = (LabelsMode)labels,
                ArchiveDelayHours = (ushort)Math.Min(days * HoursPerDay, ushort.MaxValue),
                ExportGroup = id <= StorageClassRecord.MaxGoal ? (byte)id : (byte)0,
                Create = modes[0],
                Keep = modes[1],
                Archive = modes[2],
            };
        }
    }

    private static void NoteLosses(StorageClassRecord record, MetadataReport report)
    {
        if (record.Archive.ErasureCoding != 0 || record.Trash.ErasureCoding != 0)
        {
            report.Lose($"storage class \"{record.Name}\": erasure coding is unknown to 3.0; archived chunks are kept as copies of the keep mode");
        }

        if (record.Trash.Labels.Length > 0)
        {
            report.Lose($"storage class \"{record.Name}\": 3.0 has no trash mode");
        }

        if (record.CreateMode.UniqueMask != 0 || record.Keep.UniqueMask != 0 || record.Archive.UniqueMask != 0)
        {
            report.Lose($"storage class \"{record.Name}\": 3.0 has no unique masks");
        }

        if (record.ArchiveMinSize != 0 || record.MinTrashHours != 0 || record.ArchiveMode != StorageClassRecord.DefaultArchiveMode || record.ArchiveDelayHours % HoursPerDay != 0)
        {
            report.Lose($"storage class \"{record.Name}\": 3.0 archives by change only, after whole days, files of any length");
        }

        if (record.Description.Length > 0 || record.Priority != 0)
        {
            report.Lose($"storage class \"{record.Name}\": 3.0 has no descriptions and priorities");
        }
    }

    private static void WriteLabel(FileBuilder file, StorageClassRecord record, byte[] label, MetadataReport report)
    {
        var masks = LabelExpression.IsAny(label) ? new uint[LabelExpression.MasksPerLabel] : LabelExpression.ToMasks(label);
        if (masks is null)
        {
            report.Lose($"storage class \"{record.Name}\": a label expression cannot be said in 3.0; that copy may be anywhere");
            masks = new uint[LabelExpression.MasksPerLabel];
        }

        foreach (var mask in masks)
        {
            file.UInt32(mask);
        }
    }

    private static byte[][] ReadLabels(FileParser file, int count, int groups)
    {
        var labels = new byte[count][];
        var masks = new uint[groups];
        for (var label = 0; label < count; label++)
        {
            for (var group = 0; group < groups; group++)
            {
                masks[group] = file.UInt32();
            }

            labels[label] = LabelExpression.FromMasks(masks);
        }

        return labels;
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.StorageClasses;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Storage classes between the tools' formats and the record that is kept (client-protocol 3.6).</summary>
internal static class StorageClassConversion
{
    private const ushort HoursPerDay = 24;
    private const int MaxDays = ushort.MaxValue / HoursPerDay;

    /// <summary>The record that a tool defines.</summary>
    /// <param name="name">Name of the class.</param>
    /// <param name="definition">As it came.</param>
    /// <param name="format">Its format.</param>
    public static StorageClassRecord ToRecord(Name name, StorageClassDefinition definition, byte format)
    {
        var isOld = format == StorageClassDefinition.MaskFormat;
        return new StorageClassRecord
        {
            Id = 0,
            Name = name,
            Description = definition.Description.ToArray(),
            Priority = definition.Priority,
            ExportGroup = definition.ExportGroup,
            AdminOnly = definition.AdminOnly,
            LabelsMode = (LabelsMode)definition.LabelsMode,
            ArchiveMode = definition.ArchiveMode == 0 ? StorageClassRecord.DefaultArchiveMode : definition.ArchiveMode,
            ArchiveDelayHours = isOld ? (ushort)(Math.Min((int)definition.ArchiveDelay, MaxDays) * HoursPerDay) : definition.ArchiveDelay,
            ArchiveMinSize = definition.ArchiveMinSize,
            MinTrashHours = definition.MinTrashHours,
            Create = ToMode(definition.Create, isOld),
            Keep = ToMode(definition.Keep, isOld),
            Archive = ToMode(definition.Archive, isOld),
            Trash = ToMode(definition.Trash, isOld),
        };
    }

    /// <summary>A class in a format that a tool asks for.</summary>
    public static StorageClassDefinition ToDefinition(StorageClassRecord record, byte format)
    {
        var isOld = format == StorageClassDefinition.MaskFormat;

        // 3.x tools refuse classes without labels for every state; its masters say keep's again there.
        var create = isOld ? record.CreateMode : record.Create;
        var archive = isOld && !record.Archive.IsDefined ? record.Keep : record.Archive;
        return new StorageClassDefinition(
            record.AdminOnly,
            (byte)record.LabelsMode,
            isOld ? (ushort)((record.ArchiveDelayHours + HoursPerDay - 1) / HoursPerDay) : record.ArchiveDelayHours,
            ToState(create, isOld),
            ToState(record.Keep, isOld),
            ToState(archive, isOld),
            isOld ? StorageClassState.Undefined : ToState(record.Trash, isOld),
            record.ArchiveMode,
            record.ArchiveMinSize,
            record.MinTrashHours,
            record.Description,
            record.Priority,
            record.ExportGroup);
    }

    /// <summary>One state of a class in a tool's form.</summary>
    /// <param name="mode">The state.</param>
    /// <param name="asMasks">True for 3.x tools, which know masks only.</param>
    public static StorageClassState ToState(StorageMode mode, bool asMasks) => new(
        [.. mode.Labels.Select(label => asMasks ? Masks(label) : Padded(label))], mode.UniqueMask, (byte)mode.LabelsMode, mode.ErasureCoding);

    private static StorageMode ToMode(StorageClassState state, bool asMasks) => new()
    {
        Labels = [.. state.Labels.Select(label => asMasks ? FromMasks(label.Span) : LabelExpression.Trimmed(label.Span))],
        UniqueMask = state.UniqueMask,
        LabelsMode = (LabelsMode)state.LabelsMode,
        ErasureCoding = state.ErasureCode,
    };

    private static ReadOnlyMemory<byte> Padded(byte[] label)
    {
        var padded = new byte[StorageClassDefinition.ExpressionSize];
        label.CopyTo(padded, 0);
        return padded;
    }

    private static byte[] FromMasks(ReadOnlySpan<byte> bytes)
    {
        Span<uint> masks = stackalloc uint[LabelExpression.MasksPerLabel];
        for (var i = 0; i < masks.Length; i++)
        {
            masks[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * sizeof(uint))..]);
        }

        return LabelExpression.FromMasks(masks);
    }

    private static ReadOnlyMemory<byte> Masks(byte[] label)
    {
        var bytes = new byte[StorageClassDefinition.MasksSize];
        // An expression that masks cannot say is shown as "any": 3.x tools have no word for it.
        var masks = LabelExpression.ToMasks(label) ?? [];
        for (var i = 0; i < masks.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i * sizeof(uint)), masks[i]);
        }

        return bytes;
    }
}

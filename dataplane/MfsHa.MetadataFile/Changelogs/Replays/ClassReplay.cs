using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.StorageClasses;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Storage classes themselves (mfsmaster/storageclass.c: sclass_make_changelog, sclass_univ_duplicate_entry, sclass_univ_rename_entry, sclass_univ_delete_entry).</summary>
internal static class ClassReplay
{
    private const int HoursPerDay = 24;

    /// <summary>SCSET(name,is new,definition):id. The definition of 3.x begins with W, that of 4.x with C, that of 4.57 and later with 1.</summary>
    public static void Set(ReplayTarget target, Change change)
    {
        var name = new Name(change.Bytes("("));
        var isNew = change.Byte() != 0;
        var read = change.Follows(",W") ? Definition3(change) : Definition4(change);
        change.EndArguments();
        var id = change.UInt16(":");
        change.End();
        var known = target.Shard.FindStorageClass(name);
        var expected = isNew ? ClassRules.FreeId(target.Shard) : known?.Id;
        if ((isNew && known is not null) || expected != id)
        {
            throw change.Mismatch(isNew ? $"the next class is {expected}" : $"class \"{name}\" has the number {expected}");
        }

        var record = read with { Id = (byte)id, Name = name, ExportGroup = read.ExportGroup == 0 && id <= StorageClassRecord.MaxGoal ? (byte)id : read.ExportGroup };
        if (ClassRules.WhyNot(record) is not (MfsHa.Protocol.StatusCode.Ok or MfsHa.Protocol.StatusCode.IncompatVersion) and var status)
        {
            throw change.Mismatch($"it is refused: {status}");
        }

        Store(target, record);
    }

    /// <summary>SCDUP(old,new):old id,new id.</summary>
    public static void Duplicate(ReplayTarget target, Change change)
    {
        var (oldName, newName) = (new Name(change.Bytes("(")), new Name(change.Bytes()));
        change.EndArguments();
        var (oldId, newId) = (change.UInt16(":"), change.UInt16());
        change.End();
        var found = Find(target, change, oldName, oldId);
        RequireFree(target, change, newName);
        if (ClassRules.FreeId(target.Shard) is not { } id || id != newId)
        {
            throw change.Mismatch($"the next class is not {newId}");
        }

        Store(target, found with { Id = id, Name = newName });
    }

    /// <summary>SCREN(old,new):id.</summary>
    public static void Rename(ReplayTarget target, Change change)
    {
        var (oldName, newName) = (new Name(change.Bytes("(")), new Name(change.Bytes()));
        change.EndArguments();
        var id = change.UInt16(":");
        change.End();
        var found = Find(target, change, oldName, id);
        RequireFree(target, change, newName);
        Store(target, found with { Name = newName });
    }

    /// <summary>SCDEL(name):id. Name patterns that give it go with it, as always here.</summary>
    public static void Delete(ReplayTarget target, Change change)
    {
        var name = new Name(change.Bytes("("));
        change.EndArguments();
        var id = change.UInt16(":");
        change.End();
        var found = Find(target, change, name, id);
        if ((target.Shard.ClassUsages.Get(found.Id) ?? ClassUsage.None) != ClassUsage.None)
        {
            throw change.Mismatch($"class \"{name}\" is in use");
        }

        target.Shard.StoreClasses();
        target.Shard.StorageClasses.Remove(found.Id);
        target.Shard.KeepPatterns(p => p.StorageClass != found.Id);
        target.Report.StorageClasses--;
    }

    /// <summary>SCECVERSION(level): what classes have says enough.</summary>
    public static void ErasureCodingLevel(ReplayTarget target, Change change)
    {
        _ = change.Byte("(");
        change.EndArguments();
        change.End();
    }

    private static StorageClassRecord Find(ReplayTarget target, Change change, Name name, ushort id) =>
        target.Shard.FindStorageClass(name) is { } found && found.Id == id ? found : throw change.Mismatch($"class {id} is not called \"{name}\"");

    private static void RequireFree(ReplayTarget target, Change change, Name name)
    {
        if (target.Shard.FindStorageClass(name) is { } found)
        {
            throw change.Mismatch($"class {found.Id} is called \"{name}\" already");
        }
    }

    private static void Store(ReplayTarget target, StorageClassRecord record)
    {
        target.Shard.StoreClasses();
        target.Report.StorageClasses += target.Shard.StorageClasses.Contains(record.Id) ? 0 : 1;
        target.Shard.StorageClasses.Set(record.Id, record);
    }

    // W(labels),K(labels),A(labels),labels mode,days until archived,administrators only, then four masks for each label, or "-".
    private static StorageClassRecord Definition3(Change change)
    {
        int[] counts = [Count(change, change.Byte(",W")), Count(change, change.Byte(",K")), Count(change, change.Byte(",A"))];
        var mode = (LabelsMode)change.Byte();
        var days = change.UInt16();
        var admin = change.Byte();
        if (counts.Sum() == 0)
        {
            change.Text(",-");
        }

        var modes = counts.Select(n => new StorageMode { Labels = Many(n, () => LabelExpression.FromMasks(Many(LabelExpression.MasksPerLabel, () => change.UInt32()))) }).ToArray();
        return new StorageClassRecord
        {
            Id = 0, Name = default, AdminOnly = admin != 0, LabelsMode = mode, ArchiveDelayHours = (ushort)Math.Min(days * HoursPerDay, ushort.MaxValue),
            Create = modes[0], Keep = modes[1], Archive = modes[2],
        };
    }

    private static StorageClassRecord Definition4(Change change)
    {
        var (description, priority, group) = ((byte[])[], 0u, (byte)0);
        if (change.Follows(",1,"))
        {
            change.Text(",1");
            (description, priority, group) = (change.Bytes(), change.UInt32(), change.Byte());
        }

        (int Count, StorageMode Mode)[] modes = [Mode(change, 'C', false), Mode(change, 'K', false), Mode(change, 'A', true), Mode(change, 'T', true)];
        var labelsMode = (LabelsMode)change.Byte();
        var (archiveMode, delay, minSize) = Archiving(change);
        var (minTrash, admin) = (change.UInt16(), change.Byte());
        if (modes.Sum(static m => m.Count) == 0)
        {
            change.Text(",-");
        }

        var full = modes.Select(m => m.Mode with { Labels = Many(m.Count, () => LabelExpression.Trimmed(change.HexadecimalBytes())) }).ToArray();
        return new StorageClassRecord
        {
            Id = 0, Name = default, Description = description, Priority = priority, ExportGroup = group, AdminOnly = admin != 0, LabelsMode = labelsMode,
            ArchiveMode = archiveMode, ArchiveDelayHours = delay, ArchiveMinSize = minSize, MinTrashHours = minTrash,
            Create = full[0], Keep = full[1], Archive = full[2], Trash = full[3],
        };
    }

    // C(labels:unique mask[:labels mode]); A and T have the parts of erasure coding before the labels mode.
    private static (int Count, StorageMode Mode) Mode(Change change, char which, bool hasErasureCoding)
    {
        var count = Count(change, change.Byte($",{which}("));
        var unique = change.UInt32(":");
        var erasureCoding = hasErasureCoding ? change.Byte(":") : (byte)0;
        var labelsMode = change.Follows(":") ? (LabelsMode)change.Byte(":") : LabelsMode.OfClass;
        change.Text(")");
        return (count, new StorageMode { UniqueMask = unique, ErasureCoding = erasureCoding, LabelsMode = labelsMode });
    }

    // (mode:hours[:smallest length]), or only the hours.
    private static (byte Mode, ushort Hours, ulong MinSize) Archiving(Change change)
    {
        if (!change.Follows(",("))
        {
            return (StorageClassRecord.DefaultArchiveMode, change.UInt16(), 0);
        }

        var (mode, hours) = (change.Byte(",("), change.UInt16(":"));
        var minSize = change.Follows(":") ? change.UInt64(":") : 0;
        change.Text(")");
        return (mode, hours, minSize);
    }

    private static int Count(Change change, byte labels) => labels <= StorageMode.MaxLabels ? labels : throw change.Wrong($"at most {StorageMode.MaxLabels} labels");

    private static T[] Many<T>(int count, Func<T> read)
    {
        var items = new T[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = read();
        }

        return items;
    }
}

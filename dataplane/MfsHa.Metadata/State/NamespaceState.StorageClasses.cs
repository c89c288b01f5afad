using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.StorageClasses;

namespace MfsHa.Metadata.State;

/// <content>Storage classes and how many objects have them.</content>
public sealed partial class NamespaceState
{
    private const uint ClassesAreStored = 1;

    /// <summary>Storage classes by id; until <see cref="StoreClasses"/> nothing, which means the classes "1".."9".</summary>
    public Table<uint, StorageClassRecord, UInt32Key, MemoryPackValue<StorageClassRecord>> StorageClasses { get; private set; } = null!;

    /// <summary>How many objects have a storage class, by its id.</summary>
    public Table<uint, ClassUsage, UInt32Key, MemoryPackValue<ClassUsage>> ClassUsages { get; private set; } = null!;

    /// <summary>A storage class; null if there is none with this id.</summary>
    public StorageClassRecord? StorageClassOf(byte id)
    {
        if (StorageClasses.Get(id) is { } found)
        {
            return found;
        }

        return id is >= 1 and <= StorageClassRecord.MaxGoal && !Marks.Contains(ClassesAreStored) ? StorageClassRecord.Goal(id) : null;
    }

    /// <summary>All storage classes, ascending by id.</summary>
    public List<StorageClassRecord> AllStorageClasses()
    {
        if (Marks.Contains(ClassesAreStored))
        {
            return [.. StorageClasses.All().Select(static r => r.Value)];
        }

        return [.. Enumerable.Range(1, StorageClassRecord.MaxGoal).Select(static goal => StorageClassRecord.Goal((byte)goal))];
    }

    /// <summary>The storage class of a name; null if there is none.</summary>
    public StorageClassRecord? FindStorageClass(Name name)
    {
        EnterClasses();
        return AllStorageClasses().Find(c => c.Name == name);
    }

    /// <summary>Gives a file or directory another storage class; references of chunks and totals follow.</summary>
    public void ChangeStorageClass(uint number, Inode inode, byte storageClass)
    {
        CountClass(inode.StorageClass, inode, -1);
        CountClass(storageClass, inode, 1);
        if (inode.IsDirectory)
        {
            Inodes.Set(number, inode with { StorageClass = storageClass });
            return;
        }

        var before = Contribution(number, inode);
        foreach (var (_, chunk) in ChunksOf(number, inode, 0, ulong.MaxValue))
        {
            MoveReference(chunk, inode.StorageClass, storageClass);
        }

        ReplaceFile(number, inode, inode with { StorageClass = storageClass, SpaceFactor = SpaceFactorOf(storageClass) }, before);
    }

    /// <summary>From now on exactly the classes of the table exist; an import that has filled it calls this, too.</summary>
    public void StoreClasses()
    {
        if (Marks.Contains(ClassesAreStored))
        {
            return;
        }

        if (!StorageClasses.All().Any())
        {
            foreach (var goal in AllStorageClasses())
            {
                StorageClasses.Add(goal.Id, goal);
            }
        }

        Marks.Add(ClassesAreStored, Present.Value);
    }

    /// <summary>The storage class of two that decides the copies of a chunk which files of both refer to.</summary>
    public byte StrongerClass(byte a, byte b)
    {
        if (a == b)
        {
            return a;
        }

        var (first, second) = (StorageClassOf(a), StorageClassOf(b));
        return first is null ? b : second is null || first.Strength().CompareTo(second.Strength()) > 0 ? a : b;
    }

    /// <summary>
    /// Most bytes that so many bytes of chunks may occupy in a storage class, kept or archived
    /// (mfsmaster/storageclass.c: sclass_get_keeparch_maxstorage_eights).
    /// </summary>
    public long MostRealSize(byte storageClass, long size)
    {
        var found = StorageClassOf(storageClass);
        var eighths = found is null ? 8 : Math.Max(found.Keep.StorageEighths(), found.Archive.StorageEighths());
        return size * eighths / 8;
    }

    /// <summary>Counts objects that get or lose a storage class.</summary>
    internal void CountClass(byte storageClass, Inode inode, int change)
    {
        if (!inode.IsFile && !inode.IsDirectory)
        {
            return;
        }

        if (change > 0 && Reach is { } reach)
        {
            reach.EnterRead(reach.Layout.ClassUseOf(reach.Layout.Shard), Sharding.LockMode.Shared, lockable: true);
        }

        var usage = ClassUsages.Get(storageClass) ?? ClassUsage.None;
        ClassUsages.Set(storageClass, inode.IsDirectory ? usage with { Directories = usage.Directories + change } : usage with { Files = usage.Files + change });
    }

    partial void FindSpaceFactor(byte storageClass, ref ushort sixteenths)
    {
        if (StorageClasses.Get(storageClass) is { } found)
        {
            sixteenths = (ushort)(found.Keep.Labels.Length * OneCopy);
        }
    }
}

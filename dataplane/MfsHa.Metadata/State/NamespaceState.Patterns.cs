using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.Sharding;
using MfsHa.Protocol;

namespace MfsHa.Metadata.State;

/// <content>Name patterns: what new and renamed objects get in place of what they have.</content>
public sealed partial class NamespaceState
{
    private const uint ThePatterns = 0;

    /// <summary>All patterns; the same in all shards.</summary>
    public PatternTable NamePatterns
    {
        get => PatternsTable.Get(ThePatterns) ?? PatternTable.Empty;
        set => PatternsTable.Set(ThePatterns, value);
    }

    private Table<uint, PatternTable, UInt32Key, MemoryPackValue<PatternTable>> PatternsTable { get; set; } = null!;

    /// <summary>Drops the patterns that are not to be kept; false when there are none.</summary>
    internal bool KeepPatterns(Predicate<NamePattern> kept)
    {
        var all = NamePatterns.Patterns;
        var left = Array.FindAll(all, kept);
        if (left.Length == all.Length)
        {
            return false;
        }

        NamePatterns = new PatternTable(left);
        return true;
    }

    /// <summary>mfsmaster/filesystem.c: fs_univ_create, fs_univ_move.</summary>
    partial void ApplyPatterns(Caller caller, Name name, uint number, ref Inode inode)
    {
        EnterClasses();
        if (PatternsTable.Get(ThePatterns)?.Find(caller, name) is not { } pattern)
        {
            return;
        }

        var changed = inode;
        var hasCopies = inode.IsDirectory || inode.Type == NodeType.File;
        if ((pattern.Applies & PatternSettings.TrashRetention) != 0 && hasCopies)
        {
            changed = changed with { TrashHours = pattern.TrashHours };
        }

        if ((pattern.Applies & PatternSettings.ExtraAttributes) != 0)
        {
            var sets = inode.IsDirectory ? pattern.Sets : pattern.Sets & ~ExtraAttributes.NoEntryCache;
            changed = changed with { ExtraAttributes = (changed.ExtraAttributes | sets) & ~pattern.Clears };
        }

        if (changed != inode)
        {
            Inodes.Set(number, changed);
        }

        var changesClass = (pattern.Applies & PatternSettings.StorageClass) != 0 && hasCopies && pattern.StorageClass != inode.StorageClass;
        if (changesClass && StorageClassOf(pattern.StorageClass) is not null)
        {
            GiveClass(number, changed, pattern.StorageClass);
        }

        inode = Inodes.Require(number);
    }

    /// <summary>Chunks, counts and totals of an object of another shard are that shard's own affair; one that is only being made is not counted yet.</summary>
    private void GiveClass(uint number, Inode inode, byte storageClass)
    {
        if (!IsElsewhere(number))
        {
            ChangeStorageClass(number, inode, storageClass);
        }
        else if (Reach!.IsFresh(number))
        {
            Inodes.Set(number, inode with { StorageClass = storageClass });
        }
        else
        {
            // Until the object has it nobody there would know that the class is in use.
            Reach.EnterRead(Reach.Layout.ClassUseOf(Reach.Layout.ShardOf(number)), LockMode.Shared, lockable: true);
            Reach.Act(number, new GiveStorageClass(number, storageClass));
        }
    }
}

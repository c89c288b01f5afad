using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Locks;
using MfsHa.Metadata.Patterns;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.StorageClasses;

namespace MfsHa.Metadata.State;

/// <content>Tables of content, attributes and rules beside the tree (kinds 31..59).</content>
public sealed partial class NamespaceState
{
    private Table<uint, Present, UInt32Key, MemoryPackValue<Present>> Marks { get; set; } = null!;

    private void AddContentTables(int hotEntries)
    {
        Marks = AddTable<uint, Present, UInt32Key, MemoryPackValue<Present>>(31, 8);
        Xattrs = AddTable<(uint Inode, Name Name), Xattr, UInt32NameKey, MemoryPackValue<Xattr>>(32, hotEntries / 16, static k => k.Inode);
        XattrSummaries = AddTable<uint, XattrSummary, UInt32Key, MemoryPackValue<XattrSummary>>(33, hotEntries / 16, static k => k);
        Flocks = AddTable<uint, InodeFlocks, UInt32Key, MemoryPackValue<InodeFlocks>>(36, hotEntries / 16);
        PosixLocks = AddTable<uint, InodePosixLocks, UInt32Key, MemoryPackValue<InodePosixLocks>>(37, hotEntries / 16);
        Quotas = AddTable<uint, QuotaRecord, UInt32Key, MemoryPackValue<QuotaRecord>>(38, hotEntries / 16);
        StorageClasses = AddTable<uint, StorageClassRecord, UInt32Key, MemoryPackValue<StorageClassRecord>>(34, StorageClassRecord.MaxId + 1);
        ClassUsages = AddTable<uint, ClassUsage, UInt32Key, MemoryPackValue<ClassUsage>>(35, StorageClassRecord.MaxId + 1);
        PatternsTable = AddTable<uint, PatternTable, UInt32Key, MemoryPackValue<PatternTable>>(39, 1);
    }

    partial void OnCreated(uint number, Inode inode) => CountClass(inode.StorageClass, inode, 1);

    partial void OnRemoving(uint number, Inode inode)
    {
        CountClass(inode.StorageClass, inode, -1);
        RemoveXattrs(number, inode);
        if (inode.IsDirectory && HasQuotas)
        {
            SetQuota(number, null);
        }
    }
}

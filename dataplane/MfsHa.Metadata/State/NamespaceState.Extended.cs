using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.StorageClasses;

namespace MfsHa.Metadata.State;

/// <content>Tables of content, attributes and rules beside the tree (kinds 31..59).</content>
public sealed partial class NamespaceState
{
    private Table<uint, Present, UInt32Key, MemoryPackValue<Present>> Marks { get; set; } = null!;

    private void AddContentTables(int hotEntries)
    {
        _ = hotEntries;
        Marks = AddTable<uint, Present, UInt32Key, MemoryPackValue<Present>>(31, 8);
        StorageClasses = AddTable<uint, StorageClassRecord, UInt32Key, MemoryPackValue<StorageClassRecord>>(34, StorageClassRecord.MaxId + 1);
        ClassUsages = AddTable<uint, ClassUsage, UInt32Key, MemoryPackValue<ClassUsage>>(35, StorageClassRecord.MaxId + 1);
    }

    partial void OnCreated(uint number, Inode inode) => CountClass(inode.StorageClass, inode, 1);

    partial void OnRemoving(uint number, Inode inode) => CountClass(inode.StorageClass, inode, -1);
}

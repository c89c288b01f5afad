using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>Makes the root directory of a new file system (mfsmaster/filesystem.c: fs_new). EEXIST if there is one.</summary>
/// <param name="StorageClass">Storage class of the root; stock masters use 2 (3.x, 4.56) or 1 (4.57 and later).</param>
[MemoryPackable]
public sealed partial record FormatNamespace(byte StorageClass) : Command
{
    private const ushort RootMode = 0x1FF;
    private const ushort RootTrashHours = 24;

    /// <inheritdoc/>
    public override uint RoutingInode => NamespaceState.RootInode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (state.Inodes.Contains(NamespaceState.RootInode))
        {
            return StatusReply.Of(StatusCode.EExist);
        }

        var root = new Inode
        {
            Type = NodeType.Directory,
            Mode = RootMode,
            Uid = 0,
            Gid = 0,
            AccessTime = context.Now,
            ModificationTime = context.Now,
            ChangeTime = context.Now,
            LinkCount = 2,
            StorageClass = StorageClass,
            TrashHours = RootTrashHours,
        };
        state.Inodes.Set(NamespaceState.RootInode, root);
        state.CountClass(StorageClass, root, 1);
        state.Totals.Set(NamespaceState.RootInode, SubtreeTotals.Empty);
        state.Counters = state.Counters with { Inodes = 1, Directories = 1 };
        return StatusReply.Ok;
    }
}

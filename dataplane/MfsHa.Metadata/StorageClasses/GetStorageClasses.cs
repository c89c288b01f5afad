using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.StorageClasses;

/// <summary>
/// GETSCLASS (client-protocol 3.5; mfsmaster/filesystem.c: fs_getsclass): how many files and directories have which class id; names are in
/// <see cref="ListStorageClasses"/>. EINVAL, ENOENT, EPERM.
/// </summary>
/// <param name="Inode">Top of the subtree, as the session calls it.</param>
/// <param name="Mode">Recursive or not.</param>
/// <param name="From">Where the step before ended; null to begin.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record GetStorageClasses(uint Inode, GetMode Mode, TreeCursor? From, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) =>
        SubtreeCount.Answer(Caller, state, Inode, Mode, From, filesAndDirectoriesOnly: true, static inode => inode.StorageClass);
}

/// <summary>All storage classes with their use, ascending by id (SCLASS_LIST, SCLASS_INFO).</summary>
[MemoryPackable]
public sealed partial record ListStorageClasses : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        state.EnterClasses();
        return new StorageClassesReply([.. state.AllStorageClasses().Select(c => new UsedStorageClass(c, state.ClassUsages.Get(c.Id) ?? ClassUsage.None))]);
    }
}

/// <summary>One storage class by name (SCLASS_CHANGE without changes). NOSUCHCLASS.</summary>
[MemoryPackable]
public sealed partial record FindStorageClass(Name Name) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context) => state.FindStorageClass(Name) is { } found
        ? new StorageClassesReply([new UsedStorageClass(found, state.ClassUsages.Get(found.Id) ?? ClassUsage.None)])
        : StatusReply.Of(StatusCode.NoSuchClass);
}

/// <summary>Storage classes, ascending by id.</summary>
[MemoryPackable]
public sealed partial record StorageClassesReply(UsedStorageClass[] Classes) : Reply;

/// <summary>A storage class and its use.</summary>
[MemoryPackable]
public sealed partial record UsedStorageClass(StorageClassRecord Class, ClassUsage Usage);

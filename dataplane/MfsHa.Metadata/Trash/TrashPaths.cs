using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Trash;

/// <summary>GETTRASHPATH (client-protocol 3.7; mfsmaster/filesystem.c: fs_gettrashpath). EPERM (no meta session), ENOENT.</summary>
[MemoryPackable]
public sealed partial record GetTrashPath(uint Inode, Caller Caller) : Query
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = TrashRules.WhyNot(Caller, state, Inode, changes: false, out _);
        return status == StatusCode.Ok ? new TrashPathReply(state.Detached.Require(Inode).Path) : StatusReply.Of(status);
    }
}

/// <summary>SETTRASHPATH (client-protocol 3.7; mfsmaster/filesystem.c: fs_univ_setpath). EPERM (no meta session), EROFS, EINVAL, ENOENT.</summary>
/// <param name="Inode">The trash file.</param>
/// <param name="Path">1..1024 bytes without NUL.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record SetTrashPath(uint Inode, byte[] Path, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = TrashRules.WhyNot(Caller, state, Inode, changes: true, out _);
        if (status is StatusCode.Ok or StatusCode.ENoEnt && (Path.Length is 0 or > DetachedFile.MaxPathLength || Path.Contains((byte)0)))
        {
            status = StatusCode.EInval;
        }

        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.Detached.Set(Inode, state.Detached.Require(Inode) with { Path = Path });
        return StatusReply.Ok;
    }
}

/// <summary>PURGE (client-protocol 3.7; mfsmaster/filesystem.c: fs_univ_purge): an open file becomes sustained. EPERM (no meta session), EROFS, ENOENT.</summary>
[MemoryPackable]
public sealed partial record PurgeTrash(uint Inode, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = TrashRules.WhyNot(Caller, state, Inode, changes: true, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.Purge(Inode, inode!, context.Now);
        return StatusReply.Ok;
    }
}

/// <summary>TRASH_REMOVE (client-protocol 3.7; mfsmaster/filesystem.c: fs_univ_trash_remove): as PURGE, for the file's owner. EROFS, ENOENT, EPERM.</summary>
[MemoryPackable]
public sealed partial record RemoveFromTrash(uint Inode, Caller Caller) : Command
{
    /// <inheritdoc/>
    public override uint RoutingInode => Inode;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var inode = state.Inodes.Get(Inode);
        var status = Caller.Has(SessionFlags.ReadOnly) ? StatusCode.ERofs
            : inode is null ? StatusCode.ENoEnt
            : Caller.Uid != 0 && Caller.Uid != inode.Uid ? StatusCode.EPerm
            : inode.Type == NodeType.Trash ? StatusCode.Ok
            : StatusCode.ENoEnt;
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        state.Purge(Inode, inode!, context.Now);
        return StatusReply.Ok;
    }
}

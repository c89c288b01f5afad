using MemoryPack;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Acls;

/// <summary>
/// SETFACL (client-protocol 3.4; mfsmaster/filesystem.c: fs_setfacl, posixacl.c: posix_acl_set). All permissions and the mask unset and nobody named removes the
/// ACL; a single unset permission is taken from the mode. An access ACL also sets the mode's nine bits (the group's own, not the mask's),
/// and one that says no more than these is not kept.
/// <para>Errors: EPERM (forbidden, not the owner, immutable), EROFS, ENOENT, EINVAL (type), EACCES (default ACL of a non-directory), ERANGE (too many entries).</para>
/// </summary>
/// <param name="Inode">The object, as the session calls it.</param>
/// <param name="Type">Access or default.</param>
/// <param name="Acl">The new ACL.</param>
/// <param name="Caller">On whose behalf.</param>
[MemoryPackable]
public sealed partial record SetAcl(uint Inode, AclType Type, PosixAcl Acl, Caller Caller) : Command
{
    private const ushort SpecialBits = 0xE00;

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    private bool Removes => (Acl.User & Acl.Group & Acl.Other & Acl.Mask) == PosixAcl.Unset && Acl.NamedUsers.Length == 0 && Acl.NamedGroups.Length == 0;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        if (Removes)
        {
            state.Inodes.Set(number, Without(state, number, inode!));
            return StatusReply.Ok;
        }

        var mode = inode!.Mode;
        var acl = Acl with
        {
            User = Acl.User == PosixAcl.Unset ? (ushort)((mode >> 6) & 7) : Acl.User,
            Group = Acl.Group == PosixAcl.Unset ? (ushort)((mode >> 3) & 7) : Acl.Group,
            Other = Acl.Other == PosixAcl.Unset ? (ushort)(mode & 7) : Acl.Other,
        };
        var changed = Type == AclType.Access && acl is { IsTrivial: true, User: <= 7, Group: <= 7, Other: <= 7 }
            ? Without(state, number, inode)
            : With(state, number, inode, acl);
        if (Type == AclType.Access)
        {
            mode = (ushort)((mode & SpecialBits) | ((acl.User & 7) << 6) | ((acl.Group & 7) << 3) | (acl.Other & 7));
            changed = mode == inode.Mode ? changed : changed with { Mode = mode, ChangeTime = context.Now };
        }

        state.Inodes.Set(number, changed);
        return StatusReply.Ok;
    }

    private StatusCode WhyNot(NamespaceState state, out uint number, out Inode? inode)
    {
        (number, inode) = (0, null);
        var status = Caller.WhyNotChange(DisabledOperations.SetAcl);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!SessionView.TryFind(Caller, state, Inode, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        var isOwner = Caller.Uid == 0 || Caller.Uid == inode.Uid || inode.Has(ExtraAttributes.NoOwner);
        if (!isOwner || inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        if (Type is not (AclType.Access or AclType.Default))
        {
            return StatusCode.EInval;
        }

        if (Acl.NamedUsers.Length > ushort.MaxValue || Acl.NamedGroups.Length > ushort.MaxValue)
        {
            return StatusCode.ERange;
        }

        return Type == AclType.Default && !inode.IsDirectory && !Removes ? StatusCode.EAcces : StatusCode.Ok;
    }

    private Inode With(NamespaceState state, uint number, Inode inode, PosixAcl acl)
    {
        state.Acls.Set((number, (uint)Type), acl);
        return Type == AclType.Access ? inode with { HasAccessAcl = true } : inode with { HasDefaultAcl = true };
    }

    private Inode Without(NamespaceState state, uint number, Inode inode)
    {
        if (state.Acls.Contains((number, (uint)Type)))
        {
            state.Acls.Remove((number, (uint)Type));
        }

        return Type == AclType.Access ? inode with { HasAccessAcl = false } : inode with { HasDefaultAcl = false };
    }
}

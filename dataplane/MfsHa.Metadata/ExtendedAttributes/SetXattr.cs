using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.ExtendedAttributes;

/// <summary>
/// SETXATTR (client-protocol 3.4; mfsmaster/filesystem.c: fs_setxattr, xattr.c: xattr_setattr). The change time becomes now.
/// <para>Errors: EPERM (forbidden, trusted.* and security.* by others than root, system.* by others than the owner, immutable), EROFS, ENOENT,
/// EACCES, EINVAL (name, mode), ENOATTR, EEXIST, ERANGE (value or list too long).</para>
/// </summary>
[MemoryPackable]
public sealed partial record SetXattr : Command
{
    /// <summary>The object, as the session calls it.</summary>
    public required uint Inode { get; init; }

    /// <summary>Name, 1..255 bytes without NUL.</summary>
    public required Name Name { get; init; }

    /// <summary>New value.</summary>
    public required byte[] Value { get; init; }

    /// <summary>What to do.</summary>
    public required XattrSetMode Mode { get; init; }

    /// <summary>True: the object is open; it need not lie below the session's root and rights are not checked.</summary>
    public required bool Opened { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = WhyNot(state, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var changed = inode! with { ChangeTime = context.Now };
        state.Inodes.Set(number, Mode == XattrSetMode.Remove ? state.WithoutXattr(number, changed, Name) : state.WithXattr(number, changed, Name, Value));
        return StatusReply.Ok;
    }

    private StatusCode WhyNot(NamespaceState state, out uint number, out Inode? inode)
    {
        (number, inode) = (0, null);
        var status = Caller.WhyNotChange(DisabledOperations.SetXattr);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!SessionView.TryFind(Caller, state, Inode, Opened, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        var name = Name.Span;
        var isOwner = Caller.Uid == 0 || Caller.Uid == inode.Uid || inode.Has(ExtraAttributes.NoOwner);
        if ((Caller.Uid != 0 && (name.StartsWith("trusted."u8) || name.StartsWith("security."u8)))
            || (!isOwner && name.StartsWith("system."u8))
            || inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        if (!Opened && !AccessCheck.Allows(Caller, state, number, inode, AccessMask.Write))
        {
            return StatusCode.EAcces;
        }

        if (name.IsEmpty || name.Contains((byte)0) || Mode > XattrSetMode.Remove)
        {
            return StatusCode.EInval;
        }

        return WhyNotSet(state, number, inode);
    }

    private StatusCode WhyNotSet(NamespaceState state, uint number, Inode inode)
    {
        if (Value.Length > Xattr.MaxValueLength && Mode != XattrSetMode.Remove)
        {
            return StatusCode.ERange;
        }

        if (inode.HasXattrs && state.Xattrs.Contains((number, Name)))
        {
            return Mode == XattrSetMode.Create ? StatusCode.EExist : StatusCode.Ok;
        }

        if (Mode is XattrSetMode.Replace or XattrSetMode.Remove)
        {
            return StatusCode.ENoAttr;
        }

        var length = (state.XattrSummaries.Get(number)?.ListLength ?? 0) + Name.Length + 1;
        return length > Xattr.MaxListLength ? StatusCode.ERange : StatusCode.Ok;
    }
}

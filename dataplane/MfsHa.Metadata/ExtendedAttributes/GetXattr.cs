using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.ExtendedAttributes;

/// <summary>
/// GETXATTR (client-protocol 3.4; mfsmaster/filesystem.c: fs_getxattr, fs_listxattr_leng): a value, or with an empty name the list of names.
/// EINVAL (mode, name with NUL), ENOENT, EPERM (trusted.*), EACCES, ENOATTR.
/// </summary>
[MemoryPackable]
public sealed partial record GetXattr : Query
{
    /// <summary>The object, as the session calls it.</summary>
    public required uint Inode { get; init; }

    /// <summary>Name; empty = list.</summary>
    public required Name Name { get; init; }

    /// <summary>Value or only its length.</summary>
    public required XattrGetMode Mode { get; init; }

    /// <summary>True: the object is open; it need not lie below the session's root and rights are not checked.</summary>
    public required bool Opened { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        if (Mode > XattrGetMode.LengthOnly)
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        if (!SessionView.TryFind(Caller, state, Inode, Opened, out var number, out var inode))
        {
            return StatusReply.Of(StatusCode.ENoEnt);
        }

        if (Caller.Uid != 0 && Name.Span.StartsWith("trusted."u8))
        {
            return StatusReply.Of(StatusCode.EPerm);
        }

        if (!Opened && !AccessCheck.Allows(Caller, state, number, inode, AccessMask.Read))
        {
            return StatusReply.Of(StatusCode.EAcces);
        }

        var withValue = Mode == XattrGetMode.Data;
        if (Name.Length == 0)
        {
            var length = state.XattrSummaries.Get(number)?.ListLength ?? 0;
            return new XattrReply(length, withValue ? state.ListXattrs(number) : null);
        }

        if (Name.Span.Contains((byte)0))
        {
            return StatusReply.Of(StatusCode.EInval);
        }

        return inode.HasXattrs && state.Xattrs.Get((number, Name)) is { } found
            ? new XattrReply((uint)found.Value.Length, withValue ? found.Value : null)
            : StatusReply.Of(StatusCode.ENoAttr);
    }
}

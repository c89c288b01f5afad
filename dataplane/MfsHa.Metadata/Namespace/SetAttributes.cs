using MemoryPack;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Namespace;

/// <summary>SETATTR (client-protocol 7.4; mfsmaster/filesystem.c: fs_setattr). The change time always becomes now.</summary>
[MemoryPackable]
public sealed partial record SetAttributes : Command
{
    private const ushort SetIdBits = 0xC00;
    private const ushort SetGidBit = 0x400;
    private const ushort AllButSetIdBits = 0x3FF;
    private const ushort AllButSetUidBit = 0x7FF;
    private const ushort AllModeBits = 0xFFF;
    private const ushort GroupBits = 0x38;
    private const ushort GroupExecuteBit = 8;
    private const SetAttributesMask Ownership = SetAttributesMask.Uid | SetAttributesMask.Gid;

    private const SetAttributesMask OwnersOnly =
        SetAttributesMask.Mode | SetAttributesMask.Uid | SetAttributesMask.Gid | SetAttributesMask.AccessTime | SetAttributesMask.ModificationTime;

    private const SetAttributesMask TimesNow = SetAttributesMask.AccessTimeNow | SetAttributesMask.ModificationTimeNow;

    /// <summary>The object, as the session calls it.</summary>
    public required uint Inode { get; init; }

    /// <summary>True: the object need not lie below the session's root.</summary>
    public bool Opened { get; init; }

    /// <summary>Which attributes change.</summary>
    public required SetAttributesMask Changes { get; init; }

    /// <summary>Permission bits, 12.</summary>
    public ushort Mode { get; init; }

    /// <summary>Owner.</summary>
    public uint Uid { get; init; }

    /// <summary>Group.</summary>
    public uint Gid { get; init; }

    /// <summary>Access time, Unix seconds.</summary>
    public uint AccessTime { get; init; }

    /// <summary>Modification time, Unix seconds.</summary>
    public uint ModificationTime { get; init; }

    /// <summary>Windows attributes.</summary>
    public WindowsAttributes WinAttributes { get; init; }

    /// <summary>What becomes of set-id bits when owners change.</summary>
    public SetIdClearMode ClearMode { get; init; }

    /// <summary>On whose behalf.</summary>
    public required Caller Caller { get; init; }

    /// <inheritdoc/>
    public override uint RoutingInode => Caller.Real(Inode);

    /// <summary>Doing it again gives what it gave; a success for what another change has undone would lose it.</summary>
    public override bool StillHolds(NamespaceState state, Reply first) => false;

    /// <inheritdoc/>
    public override Reply Execute(NamespaceState state, in OperationContext context)
    {
        var status = Check(state, out var number, out var inode);
        if (status != StatusCode.Ok)
        {
            return StatusReply.Of(status);
        }

        var changed = Apply(state, number, inode!, context.Now);
        state.Inodes.Set(number, changed);
        return new NodeReply(SessionView.NameOf(Caller, number), AttributeView.Of(Caller, state, number, changed, through: null));
    }

    private StatusCode Check(NamespaceState state, out uint number, out Inode? inode)
    {
        number = 0;
        inode = null;
        var operation = (Changes & Ownership) != 0 ? DisabledOperations.Chown : DisabledOperations.None;
        operation |= (Changes & SetAttributesMask.Mode) != 0 ? DisabledOperations.Chmod : DisabledOperations.None;
        var status = Caller.WhyNotChange(operation);
        if (status != StatusCode.Ok)
        {
            return status;
        }

        if (!SessionView.TryFind(Caller, state, Inode, Opened, out number, out inode))
        {
            return StatusCode.ENoEnt;
        }

        if (inode.Has(ExtraAttributes.Immutable))
        {
            return StatusCode.EPerm;
        }

        return Caller.Uid == 0 || IsSetIdClearing(inode) ? StatusCode.Ok : CheckRights(state, number, inode);
    }

    /// <summary>A kernel takes set-id bits off a file that is written, whoever writes.</summary>
    private bool IsSetIdClearing(Inode inode) =>
        Changes == SetAttributesMask.Mode && (inode.Mode & SetIdBits) != 0 && Mode == (inode.Mode & AllButSetIdBits);

    private StatusCode CheckRights(NamespaceState state, uint number, Inode inode)
    {
        if (Caller.Has(SessionFlags.MapAll) && (Changes & Ownership) != 0)
        {
            return StatusCode.EPerm;
        }

        if (!inode.Has(ExtraAttributes.NoOwner) && Caller.Uid != inode.Uid)
        {
            if ((Changes & OwnersOnly) != 0)
            {
                return StatusCode.EPerm;
            }

            if ((Changes & TimesNow) != 0 && !AccessCheck.Allows(Caller, state, number, inode, AccessMask.Write))
            {
                return StatusCode.EAcces;
            }
        }

        if ((Changes & SetAttributesMask.Uid) != 0 && Uid != Caller.Uid)
        {
            return StatusCode.EPerm;
        }

        var changesGroup = (Changes & SetAttributesMask.Gid) != 0 && !Caller.Has(SessionFlags.IgnoreGid);
        return changesGroup && !Caller.IsInGroup(Gid) ? StatusCode.EPerm : StatusCode.Ok;
    }

    private Inode Apply(NamespaceState state, uint number, Inode inode, uint now)
    {
        var asked = (ushort)(Mode & AllModeBits);
        var mode = inode.Mode;
        if ((Changes & Ownership) != 0)
        {
            // The kernel clears set-id bits in the mode that it sends along with new owners; the rule below decides instead.
            asked |= (ushort)((Changes & SetAttributesMask.Mode) != 0 ? mode & SetIdBits : 0);
            if ((mode & SetIdBits) != 0)
            {
                var kept = KeptBits(inode);
                mode &= kept;
                asked &= kept;
            }
        }

        var gid = (Changes & SetAttributesMask.Gid) != 0 ? Gid : inode.Gid;
        if ((Changes & SetAttributesMask.Mode) != 0)
        {
            if (Caller.Uid != 0 && !Caller.IsInGroup(gid))
            {
                asked &= unchecked((ushort)~SetGidBit);
            }

            mode = ApplyMode(state, number, inode, mode, asked);
        }

        return inode with
        {
            Mode = mode,
            Uid = (Changes & SetAttributesMask.Uid) != 0 ? Uid : inode.Uid,
            Gid = gid,
            AccessTime = (Changes & SetAttributesMask.AccessTimeNow) != 0 ? now : (Changes & SetAttributesMask.AccessTime) != 0 ? AccessTime : inode.AccessTime,
            ModificationTime = (Changes & SetAttributesMask.ModificationTimeNow) != 0
                ? now
                : (Changes & SetAttributesMask.ModificationTime) != 0 ? ModificationTime : inode.ModificationTime,
            ChangeTime = now,
            WinAttributes = (Changes & SetAttributesMask.WindowsAttributes) != 0 ? WinAttributes : inode.WinAttributes,
        };
    }

    /// <summary>With an access ACL the group bits are its mask, and the mode keeps those of the owning group.</summary>
    private static ushort ApplyMode(NamespaceState state, uint number, Inode inode, ushort mode, ushort asked)
    {
        if (state.AccessAcl(number, inode) is not { } acl)
        {
            return asked;
        }

        state.Acls.Set((number, (uint)AclType.Access), acl with
        {
            User = (ushort)((acl.User & ~7) | ((asked >> 6) & 7)),
            Mask = (ushort)((acl.Mask & ~7) | ((asked >> 3) & 7)),
            Other = (ushort)((acl.Other & ~7) | (asked & 7)),
        });
        return (ushort)((mode & GroupBits) | (asked & ~GroupBits));
    }

    /// <summary>The mode bits that survive a change of owners of an object with set-id bits.</summary>
    private ushort KeptBits(Inode inode)
    {
        var isUser = Caller.Uid != 0;
        var executableByGroup = (inode.Mode & GroupExecuteBit) != 0;
        return ClearMode switch
        {
            SetIdClearMode.Always => AllButSetIdBits,
            SetIdClearMode.Osx => isUser ? AllButSetIdBits : AllModeBits,
            SetIdClearMode.Bsd => isUser && (Changes & SetAttributesMask.Gid) != 0 && inode.Gid != Gid ? AllButSetIdBits : AllModeBits,
            SetIdClearMode.Ext when inode.IsDirectory => AllModeBits,
            SetIdClearMode.Xfs when inode.IsDirectory => isUser ? AllButSetIdBits : AllModeBits,
            SetIdClearMode.Ext or SetIdClearMode.Xfs => executableByGroup ? AllButSetIdBits : AllButSetUidBit,
            _ => AllModeBits,
        };
    }
}

using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>How an object's attributes look to a caller (client-protocol 3.2; mfsmaster/filesystem.c: fsnodes_fill_attr).</summary>
public static class AttributeView
{
    private const ExtraAttributes NotDeletable = ExtraAttributes.Undeletable | ExtraAttributes.Immutable | ExtraAttributes.AppendOnly;
    private const ushort PermissionBits = 0x1FF;
    private const ushort SpecialBits = 0xE00;
    private const ushort OwnerBits = 0x1C0;

    /// <summary>The attribute record.</summary>
    /// <param name="caller">Who looks.</param>
    /// <param name="state">The state.</param>
    /// <param name="number">The object.</param>
    /// <param name="inode">Its record.</param>
    /// <param name="through">The directory through which it was reached; null when it was reached by number.</param>
    public static AttributeRecord Of(Caller caller, NamespaceState state, uint number, Inode inode, Inode? through)
    {
        var mode = inode.Mode;
        if (state.AccessAcl(number, inode) is { } acl)
        {
            mode = (ushort)((mode & SpecialBits) | ((acl.User & 7) << 6) | ((acl.Mask & 7) << 3) | (acl.Other & 7));
        }

        var uid = inode.Uid;
        var gid = inode.Gid;
        var mapped = caller.Has(SessionFlags.MapAll);
        if (inode.Has(ExtraAttributes.NoOwner) && caller.Uid != 0)
        {
            mode = (ushort)((mode & ~PermissionBits) | OwnerForAll(mode));
            uid = mapped ? caller.OriginalUid : caller.Uid;
            gid = mapped ? caller.OriginalGid : caller.Gids[0];
        }
        else if (mapped && caller.OriginalUid != 0)
        {
            uid = inode.Uid == caller.Uid ? caller.OriginalUid : 0;
            gid = inode.Gid == caller.Gids[0] ? caller.OriginalGid : 0;
        }

        return new AttributeRecord(
            FlagsOf(inode, through, mapped),
            inode.IsDetached ? NodeType.File : inode.Type,
            mode,
            uid,
            gid,
            inode.AccessTime,
            inode.ModificationTime,
            inode.ChangeTime,
            inode.LinkCount,
            LengthOf(state, number, inode),
            inode.Device,
            inode.WinAttributes);
    }

    /// <summary>
    /// The number that stands for a directory's length: the leading digit is the unit (bytes, KiB, MiB...), the rest hundredths of it.
    /// Never 0; different roundings from a pebibyte on, so that nothing overflows.
    /// </summary>
    public static ulong DirectoryLength(ulong length) => length switch
    {
        0 => 1,
        < 1UL << 10 => length * 100,
        < 1UL << 20 => (length * 100 >> 10) + 1_000_000,
        < 1UL << 30 => (length * 100 >> 20) + 2_000_000,
        < 1UL << 40 => (length * 100 >> 30) + 3_000_000,
        < 1UL << 50 => (length * 100 >> 40) + 4_000_000,
        < 1UL << 60 => ((length >> 10) * 100 >> 40) + 5_000_000,
        _ => ((length >> 10) * 100 >> 50) + 6_000_000,
    };

    private static AttributeFlags FlagsOf(Inode inode, Inode? through, bool mapped)
    {
        var flags = inode.Has(ExtraAttributes.NoDataCache) ? AttributeFlags.DirectMode : AttributeFlags.AllowDataCache;
        if (through is not null && through.Has(ExtraAttributes.NoEntryCache))
        {
            flags |= AttributeFlags.NoEntryCache;
        }

        if (mapped || inode.Has(ExtraAttributes.NoOwner | ExtraAttributes.NoAttributeCache))
        {
            flags |= AttributeFlags.NoAttributeCache;
        }

        if (!inode.HasXattrs && !inode.HasAccessAcl && !inode.HasDefaultAcl)
        {
            flags |= AttributeFlags.NoXattr;
        }

        if (inode.Has(NotDeletable))
        {
            flags |= AttributeFlags.Undeletable;
        }

        return flags;
    }

    private static int OwnerForAll(ushort mode)
    {
        var owner = mode & OwnerBits;
        return owner | (owner >> 3) | (owner >> 6);
    }

    private static ulong LengthOf(NamespaceState state, uint number, Inode inode) => inode.Type switch
    {
        NodeType.Directory => DirectoryLength((ulong)state.Totals.Require(number).Length),
        NodeType.File or NodeType.Trash or NodeType.Sustained => inode.Length,
        NodeType.Symlink => (ulong)(inode.Target?.Length ?? 0),
        _ => 0,
    };
}

using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>The only place that decides who may do what with an object (client-protocol 7.4; mfsmaster/filesystem.c: fsnodes_accessmode).</summary>
public static class AccessCheck
{
    private const ushort StickyBit = 0x200;

    /// <summary>Access masks without write, as bits of <see cref="GrantedTo"/>.</summary>
    private const byte MasksWithoutWrite = 0x33;

    /// <summary>By permission rwx: one bit for each access mask that it grants.</summary>
    private static ReadOnlySpan<byte> MasksGranted => [0x01, 0x03, 0x05, 0x0F, 0x11, 0x33, 0x55, 0xFF];

    /// <summary>One bit for each access mask (R4 W2 X1) that the caller is granted; the low byte of LOOKUP's flags.</summary>
    public static byte GrantedTo(Caller caller, NamespaceState state, uint number, Inode inode)
    {
        if (caller.Uid == 0)
        {
            return MasksGranted[7];
        }

        var most = inode.Type == NodeType.File && (inode.WinAttributes & WindowsAttributes.ReadOnly) != 0 ? MasksWithoutWrite : (byte)0xFF;
        if (state.AccessAcl(number, inode) is { } acl)
        {
            return (byte)(most & GrantedByAcl(caller, inode, acl));
        }

        if (caller.Uid == inode.Uid || inode.Has(ExtraAttributes.NoOwner))
        {
            return (byte)(most & MasksGranted[(inode.Mode >> 6) & 7]);
        }

        if (caller.Has(SessionFlags.IgnoreGid))
        {
            return (byte)(most & MasksGranted[((inode.Mode >> 3) | inode.Mode) & 7]);
        }

        var permission = caller.IsInGroup(inode.Gid) ? inode.Mode >> 3 : inode.Mode;
        return (byte)(most & MasksGranted[permission & 7]);
    }

    /// <summary>True when the caller may access the object in all ways of the mask.</summary>
    public static bool Allows(Caller caller, NamespaceState state, uint number, Inode inode, AccessMask mask) =>
        caller.Uid == 0 || (GrantedTo(caller, state, number, inode) & (1 << (int)mask)) != 0;

    /// <summary>True unless the directory's sticky bit keeps the caller from removing or renaming the object in it.</summary>
    public static bool AllowsRemoval(Caller caller, Inode directory, Inode inode) =>
        caller.Uid == 0
        || (directory.Mode & StickyBit) == 0
        || caller.Uid == directory.Uid
        || caller.Uid == inode.Uid
        || directory.Has(ExtraAttributes.NoOwner)
        || inode.Has(ExtraAttributes.NoOwner);

    /// <summary>mfsmaster/posixacl.c: posix_acl_accmode. The rights of all matching groups add up, mask by mask.</summary>
    private static byte GrantedByAcl(Caller caller, Inode inode, PosixAcl acl)
    {
        if (caller.Uid == inode.Uid)
        {
            return MasksGranted[acl.User & 7];
        }

        foreach (var named in acl.NamedUsers)
        {
            if (named.Id == caller.Uid)
            {
                return MasksGranted[named.Permission & acl.Mask & 7];
            }
        }

        byte granted = 0;
        var member = caller.IsInGroup(inode.Gid);
        if (member)
        {
            granted = MasksGranted[acl.Group & acl.Mask & 7];
        }

        foreach (var named in acl.NamedGroups)
        {
            if (caller.IsInGroup(named.Id))
            {
                granted |= MasksGranted[named.Permission & acl.Mask & 7];
                member = true;
            }
        }

        return member ? granted : MasksGranted[acl.Other & 7];
    }
}

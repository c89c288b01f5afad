using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Rules;

/// <summary>What a new object gets from its directory (client-protocol 7.9; mfsmaster/filesystem.c: fsnodes_create_node).</summary>
public static class Inheritance
{
    private const ExtraAttributes NeverInherited =
        ExtraAttributes.Snapshot | ExtraAttributes.Undeletable | ExtraAttributes.AppendOnly | ExtraAttributes.Immutable;

    private const ushort SetGidBit = 0x400;
    private const ushort PermissionBits = 0x1FF;
    private const ushort AllModeBits = 0xFFF;

    /// <summary>Retention of what is neither file nor directory, hours.</summary>
    private const ushort DefaultTrashHours = 24;

    /// <summary>Builds the record of a new object, without numbers, link count and times.</summary>
    /// <param name="caller">Its creator.</param>
    /// <param name="state">The state.</param>
    /// <param name="directory">Number of the directory.</param>
    /// <param name="parent">Its record.</param>
    /// <param name="type">Kind of object.</param>
    /// <param name="mode">Permission bits asked for.</param>
    /// <param name="umask">Bits taken off them, the session's included, unless the directory has a default ACL.</param>
    /// <param name="copySgid">True: a new directory also gets a set-group-id bit.</param>
    /// <param name="acls">ACLs of the new object.</param>
    public static Inode NewObject(
        Caller caller, NamespaceState state, uint directory, Inode parent, NodeType type, ushort mode, ushort umask, bool copySgid, out InheritedAcls acls)
    {
        var hasContent = type is NodeType.File or NodeType.Directory;
        mode &= AllModeBits;
        if (state.DefaultAcl(directory, parent) is { } acl)
        {
            acls = Inherit(acl, type == NodeType.Directory, ref mode);
        }
        else
        {
            acls = default;
            mode = (ushort)(mode & ~umask);
        }

        var gid = caller.Gids[0];
        if ((parent.Mode & SetGidBit) != 0)
        {
            gid = parent.Gid;
            if (copySgid && type == NodeType.Directory)
            {
                mode |= SetGidBit;
            }
        }

        var storageClass = hasContent ? parent.StorageClass : (byte)0;
        return new Inode
        {
            Type = type,
            Mode = mode,
            Uid = caller.Uid,
            Gid = gid,
            AccessTime = 0,
            ModificationTime = 0,
            ChangeTime = 0,
            LinkCount = 0,
            StorageClass = storageClass,
            SpaceFactor = type == NodeType.File ? state.SpaceFactorOf(storageClass) : (ushort)0,
            TrashHours = hasContent ? parent.TrashHours : DefaultTrashHours,
            ExtraAttributes = parent.ExtraAttributes & ~(type == NodeType.Directory ? NeverInherited : NeverInherited | ExtraAttributes.NoEntryCache),
        };
    }

    /// <summary>mfsmaster/posixacl.c: posix_acl_copydefaults. The mode's group bits become the owning group's, not the mask's.</summary>
    private static InheritedAcls Inherit(PosixAcl acl, bool isDirectory, ref ushort mode)
    {
        PosixAcl? access = null;
        if (acl is { IsTrivial: true, User: <= 7, Group: <= 7, Other: <= 7 })
        {
            mode &= (ushort)(~PermissionBits | (acl.User << 6) | (acl.Group << 3) | acl.Other);
        }
        else
        {
            access = acl with
            {
                User = (ushort)((mode >> 6) & 7 & acl.User),
                Other = (ushort)(mode & 7 & acl.Other),
                Mask = (ushort)((mode >> 3) & 7 & acl.Mask),
            };
            mode = (ushort)((mode & ~PermissionBits) | (access.User << 6) | ((access.Group & 7) << 3) | access.Other);
        }

        return new InheritedAcls(access, isDirectory ? acl : null);
    }
}

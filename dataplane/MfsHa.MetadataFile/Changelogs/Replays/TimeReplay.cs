using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Times and attributes (mfsmaster/filesystem.c: fs_mr_access, fs_mr_amtime, fs_mr_attr).</summary>
internal static class TimeReplay
{
    private const ushort AllModeBits = 0xFFF;
    private const uint AclModeKnown = 1 << 12;

    /// <summary>ACCESS(inode).</summary>
    public static void Access(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        change.EndArguments();
        change.End();
        target.Set(number, target.Object(change, number) with { AccessTime = change.Time });
        target.Archive.Follow(number, FileTimes.Access, change.Time);
    }

    /// <summary>AMTIME(inode,atime,mtime,ctime).</summary>
    public static void Times(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var (access, modification, changed) = (change.UInt32(), change.UInt32(), change.UInt32());
        change.EndArguments();
        change.End();
        target.Set(number, target.Object(change, number) with { AccessTime = access, ModificationTime = modification, ChangeTime = changed });
        target.Archive.Follow(number, FileTimes.All, change.Time);
    }

    /// <summary>ATTR(inode,mode,uid,gid,atime,mtime,winattr,aclmode).</summary>
    public static void Attributes(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var (mode, uid, gid, access, modification) = (change.UInt16(), change.UInt32(), change.UInt32(), change.UInt32(), change.UInt32());
        var (winAttributes, aclMode) = (change.Byte(), change.UInt32());
        change.EndArguments();
        change.End();
        var inode = target.Object(change, number);
        if (mode > AllModeBits)
        {
            throw change.Mismatch($"mode {mode} is out of range");
        }

        if (target.Shard.AccessAcl(number, inode) is { } acl)
        {
            if ((aclMode & AclModeKnown) == 0)
            {
                throw change.Mismatch("the ACL's mode is not given, as before 3.0.98");
            }

            target.Shard.Acls.Set((number, (uint)AclType.Access), acl with { User = (ushort)((aclMode >> 6) & 7), Mask = (ushort)((aclMode >> 3) & 7), Other = (ushort)(aclMode & 7) });
        }

        target.Set(number, inode with
        {
            Mode = mode,
            Uid = uid,
            Gid = gid,
            AccessTime = access,
            ModificationTime = modification,
            ChangeTime = change.Time,
            WinAttributes = (WindowsAttributes)winAttributes,
        });
        target.Archive.Follow(number, FileTimes.All, change.Time);
    }
}

using System.Buffers.Binary;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>Extended attributes, ACLs and quotas (mfsmaster/filesystem.c: fs_mr_setxattr, fs_mr_setacl, fs_mr_quota).</summary>
internal static class AttributeReplay
{
    private const ushort AllModeBits = 0xFFF;
    private const int AclEntryLength = sizeof(uint) + sizeof(ushort);

    /// <summary>SETXATTR(inode,name,value,mode).</summary>
    public static void SetXattr(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var name = new Name(change.Bytes());
        var value = change.Bytes();
        var mode = change.Byte();
        change.EndArguments();
        change.End();
        target.Object(change, number);
        var command = new SetXattr { Inode = number, Name = name, Value = value, Mode = (XattrSetMode)mode, Opened = true, Caller = ReplayTarget.CallerOf(0, 0) };
        var reply = command.Execute(target.Shard, new OperationContext(change.Time));
        if (reply.Status != StatusCode.Ok)
        {
            throw change.Mismatch($"it is refused: {reply.Status}");
        }

        target.Set(number, target.Object(change, number));
        target.Archive.Follow(number, FileTimes.Change, change.Time);
    }

    /// <summary>SETACL(inode,mode,changes ctime,type,user,group,other,mask,named users,named groups,entries).</summary>
    public static void SetAcl(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var (mode, touches, type) = (change.UInt16(), change.Byte() != 0, (AclType)change.Byte());
        var (user, group, other, mask) = (change.UInt16(), change.UInt16(), change.UInt16(), change.UInt16());
        var (users, groups) = (change.UInt16(), change.UInt16());
        var entries = change.Bytes();
        change.EndArguments();
        change.End();
        var inode = target.Object(change, number);
        if (mode > AllModeBits || type is not (AclType.Access or AclType.Default) || entries.Length != (users + groups) * AclEntryLength)
        {
            throw change.Mismatch($"mode {mode}, type {(byte)type}, {entries.Length} bytes of entries");
        }

        var removes = (user & group & other & mask) == PosixAcl.Unset && entries.Length == 0;
        var acl = new PosixAcl(user, group, other, mask, Entries(entries, 0, users), Entries(entries, users, groups));
        inode = inode with { Mode = mode, ChangeTime = touches ? change.Time : inode.ChangeTime };
        target.Set(number, WithAcl(target.Shard, number, inode, type, removes ? null : acl));
        if (touches && !removes)
        {
            target.Archive.Follow(number, FileTimes.Change, change.Time);
        }
    }

    /// <summary>QUOTA(inode,exceeded,flags,since,inodes,inodes,length,length,size,size,realsize,realsize[,grace]), each soft before hard; no flags: it is removed.</summary>
    public static void Quota(ReplayTarget target, Change change)
    {
        var number = change.UInt32("(");
        var (exceeded, flags, since) = (change.Byte() != 0, (QuotaFlags)change.Byte(), change.UInt32());
        var (softInodes, hardInodes) = (change.UInt32(), change.UInt32());
        var (softLength, hardLength, softSize, hardSize, softReal, hardReal) = (change.UInt64(), change.UInt64(), change.UInt64(), change.UInt64(), change.UInt64(), change.UInt64());
        var grace = change.HasMore ? change.UInt32() : 0;
        change.EndArguments();
        change.End();
        target.Directory(change, number);
        target.Shard.SetQuota(number, flags == QuotaFlags.None ? null : new QuotaRecord(
            flags, grace, exceeded, since, new QuotaAmounts(softInodes, softLength, softSize, softReal), new QuotaAmounts(hardInodes, hardLength, hardSize, hardReal)));
    }

    /// <summary>The object with this ACL of a kind, or with none. An access ACL that says what the mode says is none (mfsmaster/posixacl.c: posix_acl_set). The caller sets the inode.</summary>
    public static Inode WithAcl(NamespaceState shard, uint number, Inode inode, AclType type, PosixAcl? acl)
    {
        var key = (number, (uint)type);
        var isNone = acl is null || (type == AclType.Access && acl is { IsTrivial: true, User: <= 7, Group: <= 7, Other: <= 7 });
        if (!isNone)
        {
            shard.Acls.Set(key, acl!);
        }
        else if (shard.Acls.Contains(key))
        {
            shard.Acls.Remove(key);
        }

        return type == AclType.Access ? inode with { HasAccessAcl = !isNone } : inode with { HasDefaultAcl = !isNone };
    }

    private static AclEntry[] Entries(byte[] bytes, int from, int count)
    {
        var entries = new AclEntry[count];
        for (var i = 0; i < count; i++)
        {
            var entry = bytes.AsSpan((from + i) * AclEntryLength, AclEntryLength);
            entries[i] = new AclEntry(BinaryPrimitives.ReadUInt32BigEndian(entry), BinaryPrimitives.ReadUInt16BigEndian(entry[sizeof(uint)..]));
        }

        return entries;
    }
}

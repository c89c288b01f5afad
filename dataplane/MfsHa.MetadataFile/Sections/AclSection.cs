using MfsHa.Metadata.State;
using MfsHa.MetadataFile.Frame;
using MfsHa.MetadataFile.Import;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Sections;

/// <summary>PACL 1.1: POSIX ACLs (mfsmaster/posixacl.c: posix_acl_store).</summary>
internal sealed class AclSection : ISection
{
    private const byte Version11 = 0x11;
    private const int EndLength = 17;

    /// <inheritdoc/>
    public string Name => "PACL";

    /// <inheritdoc/>
    public byte? VersionIn(MetadataFormat format) => Version11;

    /// <inheritdoc/>
    public bool CanRead(byte version) => version == Version11;

    /// <inheritdoc/>
    public IEnumerable<Pause> Write(FileBuilder file, WriteContext context)
    {
        foreach (var (key, acl) in context.Shards.SelectMany(static s => s.Acls.All()))
        {
            file.UInt32(key.Inode);
            file.Byte((byte)key.Type);
            file.UInt16(acl.User);
            file.UInt16(acl.Group);
            file.UInt16(acl.Other);
            file.UInt16(acl.Mask);
            file.UInt16((ushort)acl.NamedUsers.Length);
            file.UInt16((ushort)acl.NamedGroups.Length);
            foreach (var entry in acl.NamedUsers.Concat(acl.NamedGroups))
            {
                file.UInt32(entry.Id);
                file.UInt16(entry.Permission);
            }

            context.Report.Acls++;
            yield return default;
        }

        file.Zeros(EndLength);
    }

    /// <inheritdoc/>
    public void Read(FileParser file, byte version, ImportTarget target)
    {
        while (true)
        {
            var (number, type) = (file.UInt32(), (AclType)file.Byte());
            var (user, group, other, mask) = (file.UInt16(), file.UInt16(), file.UInt16(), file.UInt16());
            var (users, groups) = (file.UInt16(), file.UInt16());
            if (number == 0)
            {
                break;
            }

            var acl = new PosixAcl(user, group, other, mask, Entries(file, users), Entries(file, groups));
            if (!target.Objects.Exists(number) || type is not (AclType.Access or AclType.Default) || target.Shard.Acls.Contains((number, (uint)type)))
            {
                throw file.Damaged($"an ACL of type {(byte)type} of inode {number}: the type or the object does not exist, or it comes twice");
            }

            target.Shard.Acls.Set((number, (uint)type), acl);
            (type == AclType.Access ? target.Objects.WithAccessAcl : target.Objects.WithDefaultAcl).Add(number);
            target.Report.Acls++;
            target.Step();
        }
    }

    private static AclEntry[] Entries(FileParser file, int count)
    {
        var entries = new AclEntry[count];
        for (var i = 0; i < count; i++)
        {
            entries[i] = new AclEntry(file.UInt32(), file.UInt16());
        }

        return entries;
    }
}

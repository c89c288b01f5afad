using System.Buffers.Binary;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.State;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Changelogs.Replays;

/// <summary>
/// ADDATTR(inode,which,values): several kinds of attributes at once, each as a whole (4.x; mfsmaster/filesystem.c: fs_univ_set_additional_attributes, xattr.c: xattr_setall). No client of these releases
/// asks for it. Archived chunks stay archived.
/// </summary>
internal static class AllAttributesReplay
{
    private const ushort SetIdBits = 0xE00;
    private const int AclHeadLength = 6 * sizeof(ushort);

    [Flags]
    private enum Kinds : byte
    {
        Windows = 1,
        Extra = 2,
        Extended = 4,
        Acls = 8,
    }

    /// <summary>Replays one.</summary>
    public static void Run(ReplayTarget target, Change change)
    {
        var (number, kinds) = (change.UInt32("("), (Kinds)change.Byte());
        var values = new Values(change, change.Bytes());
        change.EndArguments();
        change.End();
        var inode = target.Object(change, number);
        if ((kinds & Kinds.Windows) != 0)
        {
            inode = inode with { WinAttributes = (WindowsAttributes)values.Byte() };
        }

        if ((kinds & Kinds.Extra) != 0)
        {
            inode = inode with { ExtraAttributes = (ExtraAttributes)values.Byte() };
        }

        if ((kinds & Kinds.Extended) != 0)
        {
            inode = WithXattrs(target.Shard, number, inode, values);
        }

        if ((kinds & Kinds.Acls) != 0)
        {
            inode = WithAcls(target.Shard, number, inode, values, change.Time);
        }

        values.End();
        target.Set(number, inode);
    }

    // All those that it had go. The first one is listed first, as the newest one is.
    private static Inode WithXattrs(NamespaceState shard, uint number, Inode inode, Values values)
    {
        var xattrs = new List<(Name Name, byte[] Value)>();
        for (var count = values.UInt16(); count > 0; count--)
        {
            var name = new Name(values.Bytes(values.Byte()));
            xattrs.Add((name, values.Bytes(values.UInt32())));
        }

        foreach (var (name, _) in shard.XattrsOf(number))
        {
            inode = shard.WithoutXattr(number, inode, name);
        }

        foreach (var (name, value) in Enumerable.Reverse(xattrs))
        {
            inode = shard.WithXattr(number, inode, name, value);
        }

        return inode;
    }

    private static Inode WithAcls(NamespaceState shard, uint number, Inode inode, Values values, uint now)
    {
        var which = values.Byte();
        var access = (which & (byte)AclType.Access) != 0 ? values.Acl() : null;
        var initial = (which & (byte)AclType.Default) != 0 ? values.Acl() : null;
        inode = AttributeReplay.WithAcl(shard, number, inode, AclType.Access, access);
        inode = AttributeReplay.WithAcl(shard, number, inode, AclType.Default, initial);
        if (access is not null)
        {
            var mode = (ushort)((inode.Mode & SetIdBits) | ((access.User & 7) << 6) | ((access.Group & 7) << 3) | (access.Other & 7));
            inode = inode with { Mode = mode, ChangeTime = mode != inode.Mode ? now : inode.ChangeTime };
        }

        return inode;
    }

    private sealed class Values(Change change, byte[] bytes)
    {
        private int place;

        public byte Byte() => Bytes(1)[0];

        public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Bytes(sizeof(ushort)));

        public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Bytes(sizeof(uint)));

        public byte[] Bytes(uint count)
        {
            if (count > bytes.Length - place)
            {
                throw change.Wrong($"{count} bytes more than {bytes.Length} of values");
            }

            var from = place;
            place += (int)count;
            return bytes[from..place];
        }

        public PosixAcl Acl()
        {
            var head = Bytes(AclHeadLength);
            var numbers = Enumerable.Range(0, AclHeadLength / sizeof(ushort)).Select(i => BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(i * sizeof(ushort)))).ToArray();
            return new PosixAcl(numbers[0], numbers[1], numbers[2], numbers[3], Entries(numbers[4]), Entries(numbers[5]));
        }

        public void End()
        {
            if (place != bytes.Length)
            {
                throw change.Mismatch($"{bytes.Length - place} bytes are left of its values");
            }
        }

        private AclEntry[] Entries(int count) => [.. Enumerable.Range(0, count).Select(_ => new AclEntry(UInt32(), UInt16()))];
    }
}

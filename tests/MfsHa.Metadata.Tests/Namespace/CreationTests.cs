using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class CreationTests
{
    private readonly Shard shard = new();
    private readonly Caller alice = Shard.User(uid: 10, gids: [10, 20]);

    [Fact]
    public void A_new_object_belongs_to_its_creator_and_touches_the_directory()
    {
        shard.Now += 10;
        var file = shard.CreateFile(1, "f", 0x1FF, alice with { Umask = 0x10 });
        var attributes = shard.Attributes(file);
        Assert.Equal((10u, 10u, 0x1EF, 1u), (attributes.Uid, attributes.Gid, attributes.Mode, attributes.LinkCount));
        Assert.Equal((shard.Now, shard.Now, shard.Now), (attributes.AccessTime, attributes.ModificationTime, attributes.ChangeTime));
        var root = shard.Attributes(1);
        Assert.Equal((Shard.Begin, shard.Now, shard.Now), (root.AccessTime, root.ModificationTime, root.ChangeTime));
    }

    [Theory]
    [InlineData(".", StatusCode.EInval)]
    [InlineData("..", StatusCode.EInval)]
    [InlineData("", StatusCode.EInval)]
    [InlineData("a/b", StatusCode.EInval)]
    [InlineData("a\0b", StatusCode.EInval)]
    [InlineData("...", StatusCode.Ok)]
    [InlineData("taken", StatusCode.EExist)]
    public void Names_are_checked(string name, StatusCode expected)
    {
        shard.MakeFile(1, "taken");
        Assert.Equal(expected, shard.Status(new CreateFile(1, new Name(name), 0x1B6, 0, Shard.User())));
        Assert.Equal(expected, shard.Status(new MakeSymlink(1, new Name(name == "..." ? "s" : name), "t"u8.ToArray(), Shard.User())));
    }

    [Fact]
    public void Errors_come_in_the_order_of_mfsmaster()
    {
        var closed = shard.MakeDirectory(1, "closed", 0x1ED);
        var file = shard.MakeFile(1, "f");
        shard.MakeFile(closed, "taken");
        Assert.Equal(StatusCode.EPerm, Create(closed, "taken", alice with { Disables = DisabledOperations.Create, SessionFlags = SessionFlags.ReadOnly }));
        Assert.Equal(StatusCode.ERofs, Create(999, "x", alice with { SessionFlags = SessionFlags.ReadOnly }));
        Assert.Equal(StatusCode.ENoEnt, Create(999, "..", alice));
        Assert.Equal(StatusCode.ENotDir, Create(file, "..", alice));
        Assert.Equal(StatusCode.EAcces, Create(closed, "..", alice));
        Assert.Equal(StatusCode.EInval, Create(closed, "..", Shard.User()));
        Assert.Equal(StatusCode.EExist, Create(closed, "taken", Shard.User()));
        shard.Set(closed, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, Create(closed, "..", Shard.User()));
        shard.Set(closed, ExtraAttributes.AppendOnly);
        Assert.Equal(StatusCode.Ok, Create(closed, "new", Shard.User()));
    }

    [Fact]
    public void Only_root_makes_devices_and_only_known_types_are_made()
    {
        Assert.Equal(StatusCode.EPerm, shard.Status(new MakeNode(1, new Name("d"), NodeType.BlockDevice, 0x1B6, 0, 5, alice)));
        var reply = shard.Run<NodeReply>(new MakeNode(1, new Name("d"), NodeType.CharDevice, 0x1B6, 0, 0x12345, Shard.User()));
        Assert.Equal((NodeType.CharDevice, 0x12345u), (reply.Attributes.Type, reply.Attributes.Device));
        foreach (var type in new[] { NodeType.Symlink, NodeType.Trash, NodeType.Sustained, NodeType.None, (NodeType)15 })
        {
            Assert.Equal(StatusCode.EInval, shard.Status(new MakeNode(1, new Name("x"), type, 0x1B6, 0, 0, Shard.User())));
        }
    }

    [Theory]
    [InlineData(DisabledOperations.MakeFifo, NodeType.Fifo)]
    [InlineData(DisabledOperations.MakeSocket, NodeType.Socket)]
    [InlineData(DisabledOperations.MakeDevice, NodeType.BlockDevice)]
    [InlineData(DisabledOperations.MakeDevice, NodeType.CharDevice)]
    [InlineData(DisabledOperations.Create, NodeType.File)]
    public void Exports_forbid_kinds_of_nodes(DisabledOperations disabled, NodeType type)
    {
        Assert.Equal(StatusCode.EPerm, shard.Status(new MakeNode(1, new Name("x"), type, 0x1B6, 0, 0, Shard.User(disables: disabled))));
        Assert.Equal(StatusCode.Ok, shard.Status(new MakeNode(1, new Name("x"), type, 0x1B6, 0, 0, Shard.User(disables: ~disabled))));
    }

    [Fact]
    public void Exports_forbid_directories_and_links()
    {
        Assert.Equal(StatusCode.EPerm, shard.Status(new MakeDirectory(1, new Name("x"), 0x1FF, 0, false, Shard.User(disables: DisabledOperations.MakeDirectory))));
        Assert.Equal(StatusCode.EPerm, shard.Status(new MakeSymlink(1, new Name("x"), "t"u8.ToArray(), Shard.User(disables: DisabledOperations.Symlink))));
    }

    [Theory]
    [InlineData(0, StatusCode.EInval)]
    [InlineData(1, StatusCode.Ok)]
    [InlineData(4096, StatusCode.Ok)]
    [InlineData(4097, StatusCode.EInval)]
    public void Targets_of_links_have_1_to_4096_bytes(int length, StatusCode expected) =>
        Assert.Equal(expected, shard.Status(new MakeSymlink(1, new Name("s"), [.. Enumerable.Repeat((byte)'x', length)], Shard.User())));

    [Fact]
    public void A_link_has_all_permissions_and_the_length_of_its_target()
    {
        var reply = shard.Run<NodeReply>(new MakeSymlink(1, new Name("s"), "target"u8.ToArray(), alice with { Umask = 0x3F }));
        Assert.Equal((NodeType.Symlink, 0x1FF, 6ul), (reply.Attributes.Type, reply.Attributes.Mode, reply.Attributes.Length));
        Assert.Equal("target"u8.ToArray(), shard.Run<TargetReply>(new ReadLink(reply.Inode, alice)).Target);
        Assert.Equal(6, shard.State.Totals.Require(1).Length);
        Assert.Equal(StatusCode.EInval, shard.Status(new MakeSymlink(1, new Name("t"), "a\0b"u8.ToArray(), alice)));
        Assert.Equal(1ul, shard.Run<NodeReply>(new MakeSymlink(1, new Name("u"), "a\0\0"u8.ToArray(), alice)).Attributes.Length);
        Assert.Equal(StatusCode.EInval, shard.Status(new ReadLink(1, alice)));
    }

    [Fact]
    public void Files_and_directories_inherit_class_retention_and_most_extra_attributes()
    {
        var parent = shard.MakeDirectory(1, "p");
        shard.State.Inodes.Set(parent, shard.Inode(parent) with { StorageClass = 7, TrashHours = 99, ExtraAttributes = (ExtraAttributes)0x7F });
        shard.State.Commit(success: true);
        var file = shard.Inode(shard.MakeFile(parent, "f"));
        Assert.Equal((7, 99), (file.StorageClass, file.TrashHours));
        Assert.Equal(ExtraAttributes.NoOwner | ExtraAttributes.NoAttributeCache | ExtraAttributes.NoDataCache, file.ExtraAttributes);
        shard.Set(parent, (ExtraAttributes)0x7F);
        var directory = shard.Inode(shard.MakeDirectory(parent, "d"));
        Assert.Equal((7, 99), (directory.StorageClass, directory.TrashHours));
        Assert.Equal(file.ExtraAttributes | ExtraAttributes.NoEntryCache, directory.ExtraAttributes);
        var fifo = shard.Inode(shard.Run<NodeReply>(new MakeNode(parent, new Name("n"), NodeType.Fifo, 0, 0, 0, Shard.User())).Inode);
        Assert.Equal((0, 24), (fifo.StorageClass, fifo.TrashHours));
    }

    [Fact]
    public void Adding_and_removing_takes_the_snapshot_mark_off_the_directory()
    {
        shard.Set(1, ExtraAttributes.Snapshot | ExtraAttributes.NoOwner);
        shard.MakeFile(1, "f");
        Assert.Equal(ExtraAttributes.NoOwner, shard.Inode(1).ExtraAttributes);
    }

    [Theory]
    [InlineData(true, 0x5EDu)]
    [InlineData(false, 0x1EDu)]
    public void A_set_group_id_directory_hands_on_its_group(bool copySgid, uint expectedMode)
    {
        var parent = shard.MakeDirectory(1, "p");
        shard.State.Inodes.Set(parent, shard.Inode(parent) with { Mode = 0x5FF, Gid = 77 });
        shard.State.Commit(success: true);
        var directory = shard.Run<NodeReply>(new MakeDirectory(parent, new Name("d"), 0x1FF, 0x12, copySgid, alice)).Attributes;
        Assert.Equal((77u, expectedMode), (directory.Gid, directory.Mode));
        var file = shard.Attributes(shard.CreateFile(parent, "f", 0x1ED, alice));
        Assert.Equal((77u, 0x1ED), (file.Gid, file.Mode));
    }

    [Fact]
    public void A_trivial_default_acl_replaces_the_umask_and_is_handed_on_to_directories()
    {
        shard.SetDefaultAcl(1, new PosixAcl(7, 5, 0, PosixAcl.Unset, [], []));
        var file = shard.CreateFile(1, "f", 0x1B6, alice with { Umask = 0x1FF });
        Assert.Equal((0x1A0, false), (shard.Inode(file).Mode, shard.Inode(file).HasAccessAcl));
        var directory = shard.MakeDirectory(1, "d", 0x1FF, alice);
        Assert.Equal((0x1E8, true, false), (shard.Inode(directory).Mode, shard.Inode(directory).HasDefaultAcl, shard.Inode(directory).HasAccessAcl));
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_default_acl_with_names_becomes_the_access_acl()
    {
        shard.SetDefaultAcl(1, new PosixAcl(7, 5, 4, 7, [new AclEntry(30, 6)], []));
        var file = shard.CreateFile(1, "f", 0x1A0, alice);
        var acl = shard.State.Acls.Require((file, (uint)AclType.Access));
        Assert.Equal((6, 5, 0, 4), (acl.User, acl.Group, acl.Other, acl.Mask));
        Assert.Equal(new AclEntry(30, 6), Assert.Single(acl.NamedUsers));
        Assert.Equal(0x1A8, shard.Inode(file).Mode);
        Assert.Equal(0x1A0, shard.Attributes(file).Mode);
        shard.Run(new SyncOpenFiles(1, []));
        shard.Run(new RemoveFile(1, new Name("f"), Shard.User()));
        Assert.Single(shard.State.Acls.All());
    }

    private StatusCode Create(uint parent, string name, Caller caller) => shard.Status(new CreateFile(parent, new Name(name), 0x1B6, 0, caller));
}

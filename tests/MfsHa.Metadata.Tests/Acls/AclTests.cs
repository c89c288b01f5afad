using MfsHa.Metadata.Acls;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Acls;

public sealed class AclTests
{
    private const ushort Unset = PosixAcl.Unset;
    private readonly Shard shard = new();
    private readonly uint file;

    public AclTests() => file = shard.MakeFile(1, "f", mode: 0x9ED & 0xFFF, caller: Shard.User(uid: 5));

    [Fact]
    public void An_access_acl_sets_the_mode_and_decides_access()
    {
        shard.Now += 3;
        shard.Run(new SetAcl(file, AclType.Access, new PosixAcl(6, 4, 0, 6, [new(7, 6)], []), Shard.User(uid: 5)));

        Assert.Equal((0x9A0, shard.Now), (shard.Inode(file).Mode & 0xFFF, shard.Inode(file).ChangeTime));
        Assert.Equal(0x1B0, shard.Attributes(file).Mode & 0x1FF);
        Assert.Equal(StatusCode.Ok, shard.Status(new CheckAccess(file, AccessMask.Write, Shard.User(uid: 7))));
        Assert.Equal(StatusCode.EAcces, shard.Status(new CheckAccess(file, AccessMask.Read, Shard.User(uid: 8))));
        var acl = shard.Run<AclReply>(new GetAcl(file, AclType.Access, Shard.User())).Acl;
        Assert.Equal((6, 4, 0, 6), (acl.User, acl.Group, acl.Other, acl.Mask));
        Assert.Equal([new AclEntry(7, 6)], acl.NamedUsers);
    }

    [Fact]
    public void An_acl_that_says_no_more_than_the_mode_is_not_kept()
    {
        shard.Run(new SetAcl(file, AclType.Access, new PosixAcl(7, 5, 1, Unset, [], []), Shard.User()));

        Assert.Equal(0x1E9, shard.Inode(file).Mode & 0x1FF);
        Assert.Equal(StatusCode.ENoAttr, shard.Status(new GetAcl(file, AclType.Access, Shard.User())));
        Assert.Empty(shard.State.Acls.All());
    }

    [Fact]
    public void Unset_permissions_come_from_the_mode()
    {
        shard.Run(new SetAcl(file, AclType.Access, new PosixAcl(Unset, Unset, 1, 7, [], []), Shard.User()));

        var acl = shard.Run<AclReply>(new GetAcl(file, AclType.Access, Shard.User())).Acl;
        Assert.Equal((7, 5, 1, 7), (acl.User, acl.Group, acl.Other, acl.Mask));
    }

    [Fact]
    public void Everything_unset_removes_and_leaves_the_mode()
    {
        shard.Run(new SetAcl(file, AclType.Access, new PosixAcl(6, 4, 0, 6, [new(7, 6)], []), Shard.User()));
        var mode = shard.Inode(file).Mode;

        shard.Run(new SetAcl(file, AclType.Access, new PosixAcl(Unset, Unset, Unset, Unset, [], []), Shard.User()));
        shard.Run(new SetAcl(file, AclType.Access, new PosixAcl(Unset, Unset, Unset, Unset, [], []), Shard.User()));

        Assert.Equal((mode, false), (shard.Inode(file).Mode, shard.Inode(file).HasAccessAcl));
        Assert.Empty(shard.State.Acls.All());
    }

    [Fact]
    public void Default_acls_belong_to_directories_and_leave_the_mode_alone()
    {
        var directory = shard.MakeDirectory(1, "d");
        var mode = shard.Inode(directory).Mode;
        Assert.Equal(StatusCode.EAcces, shard.Status(new SetAcl(file, AclType.Default, new PosixAcl(6, 4, 0, Unset, [], []), Shard.User())));

        shard.Run(new SetAcl(directory, AclType.Default, new PosixAcl(6, 4, 0, Unset, [], []), Shard.User()));

        Assert.Equal((mode, true), (shard.Inode(directory).Mode, shard.Inode(directory).HasDefaultAcl));
        Assert.Equal(0x1A0, shard.Inode(shard.MakeFile(directory, "child", mode: 0x1FF)).Mode & 0x1FF);
        shard.Run(new SetAcl(directory, AclType.Default, new PosixAcl(Unset, Unset, Unset, Unset, [], []), Shard.User()));
        Assert.False(shard.Inode(directory).HasDefaultAcl);
    }

    [Fact]
    public void Only_the_owner_may_change_it()
    {
        var acl = new PosixAcl(6, 4, 0, 6, [new(7, 6)], []);

        Assert.Equal(StatusCode.EPerm, shard.Status(new SetAcl(file, AclType.Access, acl, Shard.User(uid: 6))));
        Assert.Equal(StatusCode.EInval, shard.Status(new SetAcl(file, (AclType)3, acl, Shard.User())));
        Assert.Equal(StatusCode.EInval, shard.Status(new GetAcl(file, (AclType)3, Shard.User())));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new SetAcl(99, AclType.Access, acl, Shard.User())));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new GetAcl(99, AclType.Access, Shard.User())));
        Assert.Equal(StatusCode.ERofs, shard.Status(new SetAcl(file, AclType.Access, acl, Shard.User(flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetAcl(file, AclType.Access, acl, Shard.User(disables: DisabledOperations.SetAcl))));
        shard.Set(file, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetAcl(file, AclType.Access, acl, Shard.User())));
        shard.Set(file, ExtraAttributes.NoOwner);
        Assert.Equal(StatusCode.Ok, shard.Status(new SetAcl(file, AclType.Access, acl, Shard.User(uid: 6))));
    }

    [Fact]
    public void Removing_the_object_removes_its_acls()
    {
        shard.Run(new SetAcl(file, AclType.Access, new PosixAcl(6, 4, 0, 6, [new(7, 6)], []), Shard.User()));
        shard.Run<InodeReply>(new RemoveFile(1, new Name("f"), Shard.User()));
        Assert.Empty(shard.State.Acls.All());
    }
}

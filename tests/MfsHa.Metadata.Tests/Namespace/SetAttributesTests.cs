using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class SetAttributesTests
{
    private const SetAttributesMask Chown = SetAttributesMask.Uid | SetAttributesMask.Gid;
    private readonly Shard shard = new();
    private readonly Caller alice = Shard.User(uid: 10, gids: [10, 20]);
    private readonly Caller bob = Shard.User(uid: 11, gids: [20]);

    [Theory]
    [InlineData(SetIdClearMode.Never, true, 0xDEDu)]
    [InlineData(SetIdClearMode.Always, true, 0x1EDu)]
    [InlineData(SetIdClearMode.Osx, true, 0xDEDu)]
    [InlineData(SetIdClearMode.Osx, false, 0x1EDu)]
    [InlineData(SetIdClearMode.Bsd, true, 0xDEDu)]
    [InlineData(SetIdClearMode.Bsd, false, 0x1EDu)]
    [InlineData(SetIdClearMode.Ext, true, 0x1EDu)]
    [InlineData(SetIdClearMode.Xfs, false, 0x1EDu)]
    public void A_new_group_clears_set_id_bits_of_a_file_by_the_rule(SetIdClearMode rule, bool asRoot, uint expected) =>
        Assert.Equal(expected, ModeAfterChgrp(NodeType.File, 0xDED, rule, asRoot));

    [Theory]
    [InlineData(SetIdClearMode.Ext, 0xDE5u, 0x5E5u)]
    [InlineData(SetIdClearMode.Xfs, 0xDE5u, 0x5E5u)]
    public void Without_group_execution_only_the_set_user_id_bit_goes(SetIdClearMode rule, uint mode, uint expected) =>
        Assert.Equal(expected, ModeAfterChgrp(NodeType.File, (ushort)mode, rule, asRoot: true));

    [Theory]
    [InlineData(SetIdClearMode.Ext, false, 0xDEDu)]
    [InlineData(SetIdClearMode.Xfs, true, 0xDEDu)]
    [InlineData(SetIdClearMode.Xfs, false, 0x1EDu)]
    public void Directories_keep_set_id_bits_but_for_users_under_xfs(SetIdClearMode rule, bool asRoot, uint expected) =>
        Assert.Equal(expected, ModeAfterChgrp(NodeType.Directory, 0xDED, rule, asRoot));

    [Fact]
    public void Bsd_keeps_set_id_bits_when_the_group_stays()
    {
        var file = Object(NodeType.File, 0xDED);
        shard.Run(Change(file, SetAttributesMask.Gid, alice) with { Gid = 10, ClearMode = SetIdClearMode.Bsd });
        Assert.Equal(0xDED, shard.Inode(file).Mode);
    }

    [Fact]
    public void Set_id_bits_that_the_kernel_cleared_along_with_new_owners_are_put_back_before_the_rule()
    {
        var file = Object(NodeType.File, 0xDED);
        shard.Run(Change(file, Chown | SetAttributesMask.Mode, Shard.User()) with { Uid = 10, Gid = 20, Mode = 0x1ED, ClearMode = SetIdClearMode.Never });
        Assert.Equal(0xDED, shard.Inode(file).Mode);
    }

    [Fact]
    public void Only_owner_and_root_change_mode_owner_and_explicit_times()
    {
        var file = Object(NodeType.File, 0x1B6);
        foreach (var change in new[] { SetAttributesMask.Mode, SetAttributesMask.Uid, SetAttributesMask.Gid, SetAttributesMask.AccessTime, SetAttributesMask.ModificationTime })
        {
            Assert.Equal(StatusCode.EPerm, shard.Status(Change(file, change, bob)));
        }

        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.AccessTimeNow | SetAttributesMask.ModificationTimeNow, bob)));
        shard.Run(Change(file, SetAttributesMask.Mode, alice) with { Mode = 0x1A4 });
        Assert.Equal(StatusCode.EAcces, shard.Status(Change(file, SetAttributesMask.ModificationTimeNow, bob)));
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.WindowsAttributes, bob)));
    }

    [Fact]
    public void Only_root_gives_files_away_and_users_choose_among_their_groups()
    {
        var file = Object(NodeType.File, 0x1B6);
        Assert.Equal(StatusCode.EPerm, shard.Status(Change(file, SetAttributesMask.Uid, alice) with { Uid = 11 }));
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.Uid, alice) with { Uid = 10 }));
        Assert.Equal(StatusCode.EPerm, shard.Status(Change(file, SetAttributesMask.Gid, alice) with { Gid = 30 }));
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.Gid, alice) with { Gid = 20 }));
        var ignoring = Shard.User(uid: 10, gids: [10], flags: SessionFlags.IgnoreGid);
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.Gid, ignoring) with { Gid = 30 }));
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.Uid, Shard.User()) with { Uid = 99 }));
    }

    [Fact]
    public void A_user_cannot_set_the_group_id_bit_for_a_foreign_group()
    {
        var file = Object(NodeType.File, 0x1ED, gid: 30);
        shard.Run(Change(file, SetAttributesMask.Mode, alice) with { Mode = 0x5ED });
        Assert.Equal(0x1ED, shard.Inode(file).Mode);
        shard.Run(Change(file, SetAttributesMask.Mode, Shard.User()) with { Mode = 0x5ED });
        Assert.Equal(0x5ED, shard.Inode(file).Mode);
    }

    [Fact]
    public void Anybody_may_take_set_id_bits_off_as_a_kernel_does_on_writing()
    {
        var file = Object(NodeType.File, 0xDED);
        Assert.Equal(StatusCode.EPerm, shard.Status(Change(file, SetAttributesMask.Mode, bob) with { Mode = 0x1EC }));
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.Mode, bob) with { Mode = 0x1ED }));
        Assert.Equal(0x1ED, shard.Inode(file).Mode);
    }

    [Fact]
    public void Every_change_moves_the_change_time_and_nothing_else_unasked()
    {
        var file = Object(NodeType.File, 0x1B6);
        shard.Now += 50;
        shard.Run(Change(file, SetAttributesMask.AccessTime, alice) with { AccessTime = 77, ModificationTime = 88 });
        var inode = shard.Inode(file);
        Assert.Equal((77u, Shard.Begin, shard.Now), (inode.AccessTime, inode.ModificationTime, inode.ChangeTime));
        shard.Run(Change(file, SetAttributesMask.AccessTimeNow | SetAttributesMask.ModificationTime, alice) with { ModificationTime = 88 });
        Assert.Equal((shard.Now, 88u), (shard.Inode(file).AccessTime, shard.Inode(file).ModificationTime));
    }

    [Fact]
    public void Immutable_objects_read_only_sessions_and_exports_refuse()
    {
        var file = Object(NodeType.File, 0x1B6);
        Assert.Equal(StatusCode.ERofs, shard.Status(Change(file, SetAttributesMask.Mode, Shard.User(flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(Change(file, SetAttributesMask.Mode, Shard.User(disables: DisabledOperations.Chmod))));
        Assert.Equal(StatusCode.EPerm, shard.Status(Change(file, SetAttributesMask.Gid, Shard.User(disables: DisabledOperations.Chown))));
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.AccessTimeNow, Shard.User(disables: DisabledOperations.Chown | DisabledOperations.Chmod))));
        shard.Set(file, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, shard.Status(Change(file, SetAttributesMask.Mode, Shard.User())));
    }

    [Fact]
    public void Under_mapall_users_change_no_owners()
    {
        var file = Object(NodeType.File, 0x1B6);
        var mapped = alice with { SessionFlags = SessionFlags.MapAll, OriginalUid = 500, OriginalGid = 500 };
        Assert.Equal(StatusCode.EPerm, shard.Status(Change(file, SetAttributesMask.Gid, mapped) with { Gid = 20 }));
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.Mode, mapped) with { Mode = 0x180 }));
    }

    [Fact]
    public void Objects_without_owner_belong_to_everybody()
    {
        var file = Object(NodeType.File, 0x1B6);
        shard.Set(file, ExtraAttributes.NoOwner);
        Assert.Equal(StatusCode.Ok, shard.Status(Change(file, SetAttributesMask.Mode, bob) with { Mode = 0x180 }));
    }

    [Fact]
    public void With_an_access_acl_the_group_bits_are_its_mask()
    {
        var file = Object(NodeType.File, 0x1B0);
        shard.SetAccessAcl(file, new PosixAcl(6, 6, 0, 7, [], []));
        shard.Run(Change(file, SetAttributesMask.Mode, alice) with { Mode = 0x1A4 });
        var acl = shard.State.Acls.Require((file, (uint)AclType.Access));
        Assert.Equal((6, 6, 4, 4), (acl.User, acl.Group, acl.Other, acl.Mask));
        Assert.Equal(0x1B4, shard.Inode(file).Mode);
        Assert.Equal(0x1A4, shard.Attributes(file).Mode);
    }

    private uint ModeAfterChgrp(NodeType type, ushort mode, SetIdClearMode rule, bool asRoot)
    {
        var number = Object(type, mode);
        shard.Run(Change(number, SetAttributesMask.Gid, asRoot ? Shard.User() : alice) with { Gid = 20, ClearMode = rule });
        return shard.Inode(number).Mode;
    }

    private uint Object(NodeType type, ushort mode, uint gid = 10)
    {
        var number = type == NodeType.Directory ? shard.MakeDirectory(1, "o") : shard.MakeFile(1, "o");
        shard.State.Inodes.Set(number, shard.Inode(number) with { Mode = mode, Uid = 10, Gid = gid });
        shard.State.Commit(success: true);
        return number;
    }

    private static SetAttributes Change(uint inode, SetAttributesMask changes, Caller caller) =>
        new() { Inode = inode, Changes = changes, Caller = caller, Uid = caller.Uid, Gid = caller.Gids[0], Mode = 0x1FF };
}

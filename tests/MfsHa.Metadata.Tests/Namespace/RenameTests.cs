using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class RenameTests
{
    private readonly Shard shard = new();

    [Fact]
    public void A_rename_moves_entry_and_totals_and_touches_child_and_both_directories()
    {
        var from = shard.MakeDirectory(1, "from");
        var to = shard.MakeDirectory(1, "to");
        var file = shard.MakeFile(from, "f");
        shard.Run(new SetLength(file, TruncateFlags.None, 1000, false, Shard.User()));
        shard.Now += 10;
        var reply = shard.Run<NodeReply>(Move(from, "f", to, "g"));
        Assert.Equal(file, reply.Inode);
        Assert.Equal(shard.Now, reply.Attributes.ChangeTime);
        Assert.Null(shard.Find(from, "f"));
        Assert.Equal(file, shard.Find(to, "g"));
        Assert.Equal((0L, 1000L), (shard.State.Totals.Require(from).Length, shard.State.Totals.Require(to).Length));
        Assert.Equal((shard.Now, shard.Now), (shard.Inode(from).ModificationTime, shard.Inode(to).ModificationTime));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Replacing_a_file_sends_it_to_the_trash()
    {
        shard.MakeFile(1, "a");
        var b = shard.CreateFile(1, "b");
        shard.Run(Move(1, "a", 1, "b"));
        Assert.Equal(NodeType.Trash, shard.Inode(b).Type);
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_file_may_replace_an_empty_directory_and_the_other_way_round()
    {
        var file = shard.MakeFile(1, "f");
        shard.MakeDirectory(1, "d");
        shard.Run(Move(1, "f", 1, "d"));
        Assert.Equal(file, shard.Find(1, "d"));
        var directory = shard.MakeDirectory(1, "e");
        shard.Run(Move(1, "e", 1, "d"));
        Assert.Equal(directory, shard.Find(1, "d"));
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_directory_that_is_not_empty_is_not_replaced()
    {
        var full = shard.MakeDirectory(1, "full");
        shard.MakeFile(full, "x");
        shard.MakeDirectory(1, "d");
        Assert.Equal(StatusCode.ENotEmpty, shard.Status(Move(1, "d", 1, "full")));
    }

    [Theory]
    [InlineData(RenameMode.NoReplace, true, StatusCode.EExist)]
    [InlineData(RenameMode.NoReplace, false, StatusCode.Ok)]
    [InlineData(RenameMode.Exchange, true, StatusCode.Ok)]
    [InlineData(RenameMode.Exchange, false, StatusCode.ENoEnt)]
    [InlineData(RenameMode.Standard, true, StatusCode.Ok)]
    public void The_mode_decides_what_an_existing_name_means(RenameMode mode, bool exists, StatusCode expected)
    {
        shard.MakeFile(1, "a");
        if (exists)
        {
            shard.MakeFile(1, "b");
        }

        Assert.Equal(expected, shard.Status(Move(1, "a", 1, "b", mode)));
    }

    [Fact]
    public void An_exchange_swaps_directories_with_content_and_answers_with_nothing()
    {
        var left = shard.MakeDirectory(1, "left");
        var right = shard.MakeDirectory(1, "right");
        var a = shard.MakeDirectory(left, "a");
        shard.MakeFile(a, "x");
        var b = shard.MakeFile(right, "b");
        var reply = shard.Run<NodeReply>(Move(left, "a", right, "b", RenameMode.Exchange));
        Assert.Equal((0u, default), (reply.Inode, reply.Attributes));
        Assert.Equal(b, shard.Find(left, "a"));
        Assert.Equal(a, shard.Find(right, "b"));
        Assert.Equal((2u, 3u), (shard.Inode(left).LinkCount, shard.Inode(right).LinkCount));
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_directory_cannot_come_to_lie_in_itself()
    {
        var a = shard.MakeDirectory(1, "a");
        var b = shard.MakeDirectory(a, "b");
        Assert.Equal(StatusCode.EInval, shard.Status(Move(1, "a", b, "c")));
        Assert.Equal(StatusCode.EInval, shard.Status(Move(1, "a", a, "c")));
        var other = shard.MakeDirectory(1, "other");
        shard.MakeFile(b, "f");
        Assert.Equal(StatusCode.EInval, shard.Status(Move(b, "f", 1, "a", RenameMode.Exchange)));
        Assert.Equal(StatusCode.Ok, shard.Status(Move(1, "a", other, "a")));
    }

    [Fact]
    public void Renaming_an_entry_to_itself_changes_nothing()
    {
        var file = shard.MakeFile(1, "f");
        shard.Now += 5;
        Assert.Equal(file, shard.Run<NodeReply>(Move(1, "f", 1, "f")).Inode);
        Assert.Equal(StatusCode.Ok, shard.Status(Move(1, "f", 1, "f", RenameMode.Exchange)));
        Assert.Equal(Shard.Begin, shard.Inode(file).ChangeTime);
        Assert.Equal(StatusCode.EExist, shard.Status(Move(1, "f", 1, "f", RenameMode.NoReplace)));
    }

    [Fact]
    public void Renaming_onto_another_link_of_the_same_file_takes_one_link_away()
    {
        var file = shard.MakeFile(1, "a");
        shard.Run(new MakeLink(file, 1, new Name("b"), Shard.User()));
        shard.Run(Move(1, "a", 1, "b"));
        Assert.Null(shard.Find(1, "a"));
        Assert.Equal(1u, shard.Inode(file).LinkCount);
        Audit.Check(shard.State);
    }

    [Fact]
    public void Moving_a_directory_to_another_parent_needs_the_right_to_write_it()
    {
        var from = shard.MakeDirectory(1, "from");
        var to = shard.MakeDirectory(1, "to");
        shard.MakeDirectory(from, "d", 0x16D);
        var user = Shard.User(uid: 10);
        Assert.Equal(StatusCode.EAcces, shard.Status(Move(from, "d", to, "d") with { Caller = user }));
        Assert.Equal(StatusCode.Ok, shard.Status(Move(from, "d", from, "e") with { Caller = user }));
    }

    [Fact]
    public void In_a_sticky_directory_only_owners_rename_and_replace()
    {
        var sticky = shard.MakeDirectory(1, "tmp", 0x3FF);
        var alice = Shard.User(uid: 10);
        var bob = Shard.User(uid: 11);
        shard.MakeFile(sticky, "a", caller: alice);
        shard.MakeFile(sticky, "b", caller: bob);
        Assert.Equal(StatusCode.EPerm, shard.Status(Move(sticky, "a", sticky, "c") with { Caller = bob }));
        Assert.Equal(StatusCode.EPerm, shard.Status(Move(sticky, "b", sticky, "a") with { Caller = bob }));
        Assert.Equal(StatusCode.Ok, shard.Status(Move(sticky, "a", sticky, "c") with { Caller = alice }));
    }

    [Fact]
    public void Extra_attributes_decide_by_object_and_directory()
    {
        var from = shard.MakeDirectory(1, "from");
        var to = shard.MakeDirectory(1, "to");
        var file = shard.MakeFile(from, "f");
        shard.MakeFile(to, "g");
        shard.Set(file, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, shard.Status(Move(from, "f", to, "f")));
        shard.Set(file, ExtraAttributes.Undeletable | ExtraAttributes.AppendOnly);
        shard.Set(to, ExtraAttributes.AppendOnly);
        Assert.Equal(StatusCode.EPerm, shard.Status(Move(from, "f", to, "g")));
        Assert.Equal(StatusCode.Ok, shard.Status(Move(from, "f", to, "f")));
        Assert.Equal(StatusCode.EPerm, shard.Status(Move(to, "f", from, "f")));
        shard.Set(to, ExtraAttributes.Immutable);
        shard.MakeFile(from, "h");
        Assert.Equal(StatusCode.EPerm, shard.Status(Move(from, "h", to, "h")));
    }

    [Theory]
    [InlineData(DisabledOperations.Rename, StatusCode.EPerm, StatusCode.Ok)]
    [InlineData(DisabledOperations.Move, StatusCode.Ok, StatusCode.EPerm)]
    [InlineData(DisabledOperations.Move | DisabledOperations.Rename, StatusCode.EPerm, StatusCode.EPerm)]
    [InlineData(DisabledOperations.Link, StatusCode.Ok, StatusCode.Ok)]
    public void Exports_may_forbid_new_names_and_new_directories(DisabledOperations disables, StatusCode otherName, StatusCode otherDirectory)
    {
        var to = shard.MakeDirectory(1, "to");
        shard.MakeFile(1, "a");
        shard.MakeFile(1, "b");
        var caller = Shard.User(disables: disables);
        Assert.Equal(otherName, shard.Status(Move(1, "a", 1, "c") with { Caller = caller }));
        Assert.Equal(otherDirectory, shard.Status(Move(1, "b", to, "b") with { Caller = caller }));
    }

    [Fact]
    public void Exports_that_forbid_unlink_or_rmdir_also_forbid_replacing()
    {
        shard.MakeFile(1, "f");
        shard.MakeFile(1, "g");
        shard.MakeDirectory(1, "d");
        Assert.Equal(StatusCode.EPerm, shard.Status(Move(1, "f", 1, "g") with { Caller = Shard.User(disables: DisabledOperations.Unlink) }));
        Assert.Equal(StatusCode.EPerm, shard.Status(Move(1, "f", 1, "d") with { Caller = Shard.User(disables: DisabledOperations.RemoveDirectory) }));
        Assert.Equal(StatusCode.Ok, shard.Status(Move(1, "f", 1, "d") with { Caller = Shard.User(disables: DisabledOperations.Unlink) }));
    }

    private static Rename Move(uint from, string name, uint to, string target, RenameMode mode = RenameMode.Standard) =>
        new(from, new Name(name), to, new Name(target), mode, Shard.User());
}

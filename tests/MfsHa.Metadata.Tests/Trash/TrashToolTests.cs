using System.Text;
using MfsHa.Metadata.ExtendedAttributes;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Chunks;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Metadata.Trash;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Trash;

public sealed class TrashToolTests
{
    private static readonly Caller Meta = Shard.User(root: 0);
    private readonly Shard shard = new();
    private readonly uint directory;

    public TrashToolTests() => directory = shard.MakeDirectory(1, "d");

    [Fact]
    public void A_trash_file_is_listed_shown_and_brought_back()
    {
        var file = Deleted("f");
        var chunk = shard.State.ChunkAt(file, shard.Inode(file), 0);
        var listed = shard.Run<DetachedReply>(new ListDetached(NodeType.Trash, 0, 1, 0, 100)).Files.Single();
        Assert.Equal((file, "d/f", (ushort)24), (listed.Inode, Encoding.UTF8.GetString(listed.Path), listed.TrashHours));
        Assert.Equal("d/f", Path(file));
        Assert.Equal(0u, shard.Run<NodeReply>(new GetDetachedAttributes(file, 1, Meta)).Attributes.LinkCount);
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new GetDetachedAttributes(file, 2, Meta)));
        Assert.Equal(StatusCode.EInval, shard.Status(new GetDetachedAttributes(file, 3, Meta)));
        shard.Now += 9;

        shard.Run(new UndeleteFile(file, Meta));

        Assert.Equal(file, shard.Find(directory, "f"));
        Assert.Equal((NodeType.File, shard.Now, 1u, 10ul), (shard.Inode(file).Type, shard.Inode(file).ChangeTime, shard.Inode(file).LinkCount, shard.Inode(file).Length));
        Assert.Equal(1u, shard.Chunk(chunk).References);
        Audit.Check(shard.State);
    }

    [Fact]
    public void Missing_directories_are_made_for_root()
    {
        var file = Deleted("f");
        shard.Run(new SetTrashPath(file, "/new/deep//er"u8.ToArray(), Meta));
        Assert.Equal(StatusCode.CantCreatePath, shard.Status(new UndeleteFile(file, Meta)));
        shard.Run(new SetTrashPath(file, "/d/new/deep/f"u8.ToArray(), Meta));

        shard.Run(new UndeleteFile(file, Meta));

        var made = shard.Inode(shard.Find(directory, "new")!.Value);
        Assert.Equal((0x1ED, 0u, 0u), (made.Mode & 0xFFF, made.Uid, made.Gid));
        Assert.Equal(file, shard.Find(shard.Find(shard.Find(directory, "new")!.Value, "deep")!.Value, "f"));
        Audit.Check(shard.State);
    }

    [Theory]
    [InlineData("/", StatusCode.CantCreatePath)]
    [InlineData("a/", StatusCode.CantCreatePath)]
    [InlineData("a/../b", StatusCode.CantCreatePath)]
    [InlineData("./b", StatusCode.CantCreatePath)]
    [InlineData("...", StatusCode.Ok)]
    [InlineData("d", StatusCode.EExist)]
    [InlineData("taken/x", StatusCode.CantCreatePath)]
    public void Paths_are_checked(string path, StatusCode expected)
    {
        var file = Deleted("f");
        shard.MakeFile(1, "taken");
        shard.Run(new SetTrashPath(file, Encoding.UTF8.GetBytes(path), Meta));
        Assert.Equal(expected, shard.Status(new UndeleteFile(file, Meta)));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Frozen_and_full_directories_take_nothing_back()
    {
        var file = Deleted("f");
        shard.Set(directory, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, shard.Status(new UndeleteFile(file, Meta)));
        shard.Set(directory, ExtraAttributes.None);
        shard.State.SetQuota(directory, new(QuotaFlags.SoftInodes, 1, true, 1, default, default));
        shard.State.Commit(success: true);
        Assert.Equal(StatusCode.Quota, shard.Status(new UndeleteFile(file, Meta)));
    }

    [Fact]
    public void Only_meta_sessions_touch_the_trash_so()
    {
        var file = Deleted("f");
        foreach (var command in (Command[])[new UndeleteFile(file, Shard.User()), new PurgeTrash(file, Shard.User()), new SetTrashPath(file, [1], Shard.User())])
        {
            Assert.Equal(StatusCode.EPerm, shard.Status(command));
        }

        Assert.Equal(StatusCode.EPerm, shard.Status(new GetTrashPath(file, Shard.User())));
        Assert.Equal(StatusCode.EPerm, shard.Status(new GetDetachedAttributes(file, 0, Shard.User())));
        Assert.Equal(StatusCode.ERofs, shard.Status(new PurgeTrash(file, Shard.User(root: 0, flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new PurgeTrash(directory, Meta)));
        Assert.Equal(StatusCode.EInval, shard.Status(new SetTrashPath(file, [], Meta)));
        Assert.Equal(StatusCode.EInval, shard.Status(new SetTrashPath(file, new byte[1025], Meta)));
    }

    [Fact]
    public void Purging_an_open_file_makes_it_sustained()
    {
        var open = Deleted("open", keepOpen: true);
        var closed = Deleted("closed");
        shard.Run(new PurgeTrash(open, Meta));
        shard.Run(new PurgeTrash(closed, Meta));

        Assert.Equal(NodeType.Sustained, shard.Inode(open).Type);
        Assert.False(shard.State.Inodes.Contains(closed));
        var sustained = shard.Run<DetachedReply>(new ListDetached(NodeType.Sustained, 0, 1, 0, 100)).Files.Single();
        Assert.Equal((open, 1u), (sustained.Inode, sustained.Sessions.Single()));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Owners_remove_their_own_trash()
    {
        var file = Deleted("f");
        Assert.Equal(StatusCode.EPerm, shard.Status(new RemoveFromTrash(file, Shard.User(uid: 6))));
        shard.Run(new RemoveFromTrash(file, Shard.User()));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new RemoveFromTrash(file, Shard.User())));
    }

    [Fact]
    public void Lists_come_by_bucket_and_in_pages()
    {
        var files = Enumerable.Range(0, 10).Select(i => Deleted($"f{i}")).Order().ToList();

        var first = shard.Run<DetachedReply>(new ListDetached(NodeType.Trash, 0, 1, 0, 4));
        var second = shard.Run<DetachedReply>(new ListDetached(NodeType.Trash, 0, 1, first.LastInode, 100));
        Assert.Equal(files, first.Files.Concat(second.Files).Select(static f => f.Inode));
        Assert.Equal((4, 0u), (first.Files.Length, second.LastInode));
        Assert.Equal(files.Where(static f => f % 3 == 1), shard.Run<DetachedReply>(new ListDetached(NodeType.Trash, 1, 3, 0, 100)).Files.Select(static f => f.Inode));
    }

    [Fact]
    public void Long_paths_are_shown_by_their_end()
    {
        Assert.Equal("a|b", Encoding.UTF8.GetString(DetachedNames.Of("a/b"u8)));
        Assert.Equal(new string('x', 240), Encoding.UTF8.GetString(DetachedNames.Of(Encoding.UTF8.GetBytes(new string('x', 240)))));
        Assert.Equal("(...)" + new string('|', 235), Encoding.UTF8.GetString(DetachedNames.Of(Encoding.UTF8.GetBytes(new string('/', 241)))));
    }

    [Fact]
    public void Retention_is_set_in_hours_rounded_up_and_moves_the_expiry()
    {
        var file = Deleted("f");
        shard.Now += 1;
        Assert.Equal(1ul, shard.Run<ChangeCountsReply>(new SetTrashRetention(file, 3601, SetModes.Set, null, Meta)).Changed);
        Assert.Equal(2, shard.Inode(file).TrashHours);
        Assert.Equal([new ValueCount(7200, 1)], shard.Run<ValueCountsReply>(new GetTrashRetention(file, GetMode.Normal, null, Meta)).Files);
        Audit.Check(shard.State);

        shard.Now += 7201;
        shard.Run<CountReply>(new ExpireTrash(10));
        Assert.False(shard.State.Inodes.Contains(file));
    }

    [Fact]
    public void Retention_of_a_tree_follows_the_mode()
    {
        shard.MakeFile(directory, "a");
        shard.MakeFile(directory, "b", caller: Shard.User(uid: 5));
        var reply = shard.Run<ChangeCountsReply>(new SetTrashRetention(1, 7200, SetModes.Decrease | SetModes.Recursive, null, Shard.User(uid: 5)));
        Assert.Equal((1ul, 0ul, 3u), (reply.Changed, reply.NotChanged, reply.NotPermitted));
        reply = shard.Run<ChangeCountsReply>(new SetTrashRetention(1, 36_000, SetModes.Increase | SetModes.Recursive, null, Shard.User()));
        Assert.Equal((1ul, 3ul), (reply.Changed, reply.NotChanged));
        Assert.Equal([new ValueCount(36_000, 1), new ValueCount(86_400, 1)], shard.Run<ValueCountsReply>(new GetTrashRetention(1, GetMode.Recursive, null, Shard.User())).Files);
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetTrashRetention(1, 1, SetModes.Set, null, Shard.User(uid: 5))));
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetTrashRetention(1, 1, SetModes.Set, null, Shard.User(disables: DisabledOperations.SetTrash))));
        Assert.Equal(StatusCode.EInval, shard.Status(new SetTrashRetention(1, 1, (SetModes)16, null, Shard.User())));
    }

    [Fact]
    public void Extra_attributes_of_a_tree_follow_the_mode()
    {
        var file = shard.MakeFile(directory, "a");
        shard.Run<NodeReply>(new MakeSymlink(directory, new Name("link"), "x"u8.ToArray(), Shard.User()));
        const ExtraAttributes both = ExtraAttributes.NoEntryCache | ExtraAttributes.NoDataCache;
        Assert.Equal(4ul, shard.Run<ChangeCountsReply>(new SetExtraAttributes(1, both, SetModes.Increase | SetModes.Recursive, null, Shard.User())).Changed);
        Assert.Equal((ExtraAttributes.NoDataCache, both), (shard.Inode(file).ExtraAttributes, shard.Inode(directory).ExtraAttributes));
        var counts = shard.Run<ValueCountsReply>(new GetExtraAttributes(1, GetMode.Recursive, null, Shard.User()));
        Assert.Equal([new ValueCount((uint)ExtraAttributes.NoDataCache, 2)], counts.Files);
        Assert.Equal([new ValueCount((uint)both, 2)], counts.Directories);
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetExtraAttributes(file, ExtraAttributes.Immutable, SetModes.Set, null, Shard.User())));
        shard.Run<ChangeCountsReply>(new SetExtraAttributes(file, ExtraAttributes.Immutable, SetModes.Set, null, Shard.User(flags: SessionFlags.Admin)));
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetExtraAttributes(file, ExtraAttributes.NoOwner, SetModes.Decrease, null, Shard.User())));
        Assert.Equal(1ul, shard.Run<ChangeCountsReply>(new SetExtraAttributes(file, ExtraAttributes.None, SetModes.Set, null, Shard.User())).Changed);
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetExtraAttributes(file, ExtraAttributes.NoOwner, SetModes.Set, null, Shard.User(uid: 5))));
    }

    private string Path(uint inode) => Encoding.UTF8.GetString(shard.Run<TrashPathReply>(new GetTrashPath(inode, Meta)).Path);

    private uint Deleted(string name, bool keepOpen = false)
    {
        var file = keepOpen ? shard.CreateFile(directory, name) : shard.MakeFile(directory, name);
        shard.WriteChunk(file, 0, 10);
        shard.Run<InodeReply>(new RemoveFile(directory, new Name(name), Shard.User()));
        Assert.Equal(NodeType.Trash, shard.Inode(file).Type);
        return file;
    }
}

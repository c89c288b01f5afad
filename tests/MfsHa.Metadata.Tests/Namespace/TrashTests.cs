using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class TrashTests
{
    private const uint Day = 86_400;
    private readonly Shard shard = new();

    [Fact]
    public void A_deleted_file_with_content_goes_to_the_trash_under_its_full_path_and_expires_after_its_retention()
    {
        var directory = shard.MakeDirectory(1, "d");
        var file = FileWithContent(directory, "f");
        shard.Now += 100;
        Delete(directory, "f");
        var inode = shard.Inode(file);
        Assert.Equal((NodeType.Trash, 0u, shard.Now), (inode.Type, inode.LinkCount, inode.ChangeTime));
        Assert.Equal("d/f"u8.ToArray(), shard.State.Detached.Require(file).Path);
        Assert.Equal((1L, 1000L, 0L), (shard.State.Counters.TrashFiles, shard.State.Counters.TrashLength, shard.State.Counters.Files));
        Assert.Equal(NodeType.File, shard.Attributes(file).Type);
        Assert.Equal(0L, shard.State.Totals.Require(1).Length);

        shard.Now += Day;
        Assert.Equal(0, Expire());
        shard.Now += 1;
        Assert.Equal(1, Expire());
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new GetAttributes(file, Opened: true, Shard.User())));
        Audit.Check(shard.State);
    }

    [Theory]
    [InlineData(0, false, false, NodeType.None)]
    [InlineData(0, true, false, NodeType.Trash)]
    [InlineData(0, false, true, NodeType.Trash)]
    [InlineData(10, false, false, NodeType.Trash)]
    public void An_empty_file_goes_to_the_trash_only_if_open_or_configured(int length, bool open, bool keepEmpty, NodeType expected)
    {
        shard.Run(new ConfigureNamespace(Settings.Default with { KeepEmptyFilesInTrash = keepEmpty }));
        var file = open ? shard.CreateFile(1, "f") : shard.MakeFile(1, "f");
        shard.Run(new SetLength(file, TruncateFlags.None, (ulong)length, false, Shard.User()));
        Delete(1, "f");
        Assert.Equal(expected, shard.State.Inodes.Get(file)?.Type ?? NodeType.None);
    }

    [Fact]
    public void Without_retention_an_open_file_is_sustained_until_its_last_session_closes_it()
    {
        var file = OpenWithoutRetention("f");
        shard.Run(new OpenFile(file, OpenFlags.Read, Shard.User(session: 2)));
        Delete(1, "f");
        Assert.Equal(NodeType.Sustained, shard.Inode(file).Type);
        shard.Run(new SyncOpenFiles(1, []));
        shard.Now += 100;
        Assert.Equal(0, RemoveSustained());
        shard.Run(new SyncOpenFiles(2, []));
        Assert.Equal(0, RemoveSustained());
        shard.Now += 10;
        Assert.Equal(1, RemoveSustained());
        Assert.Null(shard.State.Inodes.Get(file));
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_sustained_file_that_is_opened_again_in_time_stays()
    {
        var file = OpenWithoutRetention("f");
        Delete(1, "f");
        shard.Run(new SyncOpenFiles(1, []));
        shard.Run(new SyncOpenFiles(1, [file]));
        shard.Now += 1000;
        Assert.Equal(1, RemoveSustained());
        Assert.Equal(NodeType.Sustained, shard.Inode(file).Type);
        shard.Run(new ReleaseSession(1, 10));
        shard.Now += 10;
        Assert.Equal(1, RemoveSustained());
        Assert.Null(shard.State.Inodes.Get(file));
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_trash_file_that_expires_while_open_becomes_sustained()
    {
        var file = shard.CreateFile(1, "f");
        Delete(1, "f");
        shard.Now += Day + 1;
        Assert.Equal(1, Expire());
        Assert.Equal(NodeType.Sustained, shard.Inode(file).Type);
        Audit.Check(shard.State);
        shard.Run(new SyncOpenFiles(1, []));
        shard.Now += 10;
        Assert.Equal(1, RemoveSustained());
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_trash_file_that_was_used_lately_waits_on()
    {
        var file = FileWithContent(1, "f");
        Delete(1, "f");
        shard.Now += Day;
        shard.Run(new UpdateTimes([new TimeUpdate(file, shard.Now, 0)], Shard.User()));
        shard.Now += 1;
        Assert.Equal(1, Expire());
        Assert.Equal(NodeType.Trash, shard.Inode(file).Type);
        shard.Now += Day;
        Assert.Equal(1, Expire());
        Assert.Null(shard.State.Inodes.Get(file));
    }

    [Fact]
    public void Only_the_last_link_matters()
    {
        var file = FileWithContent(1, "a");
        shard.Run(new MakeLink(file, 1, new Name("b"), Shard.User()));
        Delete(1, "a");
        Assert.Equal((NodeType.File, 1u), (shard.Inode(file).Type, shard.Inode(file).LinkCount));
        Delete(1, "b");
        Assert.Equal(NodeType.Trash, shard.Inode(file).Type);
        Assert.Equal("b"u8.ToArray(), shard.State.Detached.Require(file).Path);
    }

    [Fact]
    public void Links_fifos_and_devices_never_go_to_the_trash()
    {
        shard.Run(new MakeSymlink(1, new Name("s"), "target"u8.ToArray(), Shard.User()));
        shard.Run(new MakeNode(1, new Name("p"), NodeType.Fifo, 0x1FF, 0, 0, Shard.User()));
        Delete(1, "s");
        Delete(1, "p");
        Assert.Equal(1, shard.State.Counters.Inodes);
        Assert.Equal(2, shard.State.Freed.All().Count());
    }

    [Fact]
    public void A_long_path_loses_its_beginning()
    {
        var directory = 1u;
        for (var i = 0; i < 6; i++)
        {
            directory = shard.MakeDirectory(directory, new string((char)('a' + i), 255));
        }

        var file = FileWithContent(directory, "file");
        Delete(directory, "file");
        var path = shard.State.Detached.Require(file).Path;
        Assert.Equal(DetachedFile.MaxPathLength, path.Length);
        Assert.EndsWith("ffff/file", System.Text.Encoding.UTF8.GetString(path));
    }

    [Fact]
    public void Removal_releases_chunks_and_orphans_them_when_nobody_else_refers_to_them()
    {
        var file = FileWithContent(1, "f");
        var inode = shard.Inode(file);
        var before = shard.State.Contribution(file, inode);
        shard.State.Chunks.Set(7, new Chunk { Version = 1, StorageClass = 2, References = 1 });
        shard.State.Chunks.Set(8, new Chunk { Version = 1, StorageClass = 2, References = 2 });
        var changed = shard.State.WithChunkAt(file, shard.State.WithChunkAt(file, inode, 0, 7), 70, 8) with { Length = 71UL << 26 };
        shard.State.ReplaceFile(file, inode, changed, before);
        shard.State.Commit(success: true);
        Assert.Equal((2L, 2 * ((64L << 20) + 8192)), (shard.State.Totals.Require(1).Chunks, shard.State.Totals.Require(1).Size));
        Delete(1, "f");
        shard.Now += Day + 1;
        Assert.Equal(1, Expire());
        Assert.Equal([7UL], shard.State.OrphanChunks.All().Select(o => o.Key));
        Assert.Equal(1u, shard.State.Chunks.Require(8).References);
        Assert.Empty(shard.State.ChunkPages.All());
    }

    private uint FileWithContent(uint directory, string name)
    {
        var file = shard.MakeFile(directory, name);
        shard.Run(new SetLength(file, TruncateFlags.None, 1000, false, Shard.User()));
        return file;
    }

    private uint OpenWithoutRetention(string name)
    {
        var file = shard.CreateFile(1, name);
        shard.State.Inodes.Set(file, shard.Inode(file) with { TrashHours = 0 });
        shard.State.Commit(success: true);
        return file;
    }

    private void Delete(uint directory, string name) => shard.Run(new RemoveFile(directory, new Name(name), Shard.User()));

    private int Expire() => shard.Run<CountReply>(new ExpireTrash(100)).Count;

    private int RemoveSustained() => shard.Run<CountReply>(new RemoveSustained(100, Grace: 10)).Count;
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

/// <summary>Sessions that mount a subdirectory call it 1 and see nothing else.</summary>
public sealed class SessionRootTests
{
    private readonly Shard shard = new();
    private readonly uint top;
    private readonly uint inner;
    private readonly uint outside;
    private readonly Caller caller;

    public SessionRootTests()
    {
        top = shard.MakeDirectory(1, "top");
        inner = shard.MakeDirectory(top, "inner");
        outside = shard.MakeFile(1, "outside");
        caller = Shard.User(root: top);
    }

    [Fact]
    public void The_root_is_called_1_everywhere()
    {
        Assert.Equal(NodeType.Directory, shard.Attributes(1, caller).Type);
        Assert.Equal(1u, shard.Find(1, ".", caller));
        Assert.Equal(1u, shard.Find(1, "..", caller));
        Assert.Equal(1u, shard.Find(inner, "..", caller));
        Assert.Equal(inner, shard.Find(1, "inner", caller));
        var listing = shard.Run<DirectoryReply>(new ReadDirectory(inner, ReadDirectoryFlags.WithAttributes, 10, 0, caller)).Entries;
        Assert.Equal([inner, 1u], listing.Select(e => e.Inode));
        listing = shard.Run<DirectoryReply>(new ReadDirectory(1, ReadDirectoryFlags.None, 10, 0, caller)).Entries;
        Assert.Equal([1u, 1u, inner], listing.Select(e => e.Inode));
        Assert.Equal([1u], shard.Run<InodesReply>(new GetParents(inner, caller)).Inodes);
        var path = shard.Run<PathReply>(new LookupPath(inner, ".."u8.ToArray(), caller));
        Assert.Equal(1u, path.Inode);
    }

    [Fact]
    public void Objects_outside_are_found_only_when_open()
    {
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new GetAttributes(outside, Opened: false, caller)));
        Assert.Equal(StatusCode.Ok, shard.Status(new GetAttributes(outside, Opened: true, caller)));
        Assert.Equal(StatusCode.Ok, shard.Status(new CheckAccess(outside, AccessMask.Read, caller)));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new OpenFile(outside, OpenFlags.Read, caller)));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new MakeLink(outside, 1, new Name("l"), caller)));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new SetLength(outside, TruncateFlags.None, 1, false, caller)));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(outside, TruncateFlags.Opened, 1, false, caller)));
    }

    [Fact]
    public void Changes_happen_below_the_root()
    {
        var made = shard.MakeFile(1, "new", caller: caller);
        Assert.Equal(made, shard.Find(top, "new"));
        shard.Run(new Rename(1, new Name("new"), inner, new Name("moved"), RenameMode.Standard, caller));
        Assert.Equal(made, shard.Find(inner, "moved"));
        shard.Run(new RemoveFile(inner, new Name("moved"), caller));
        Assert.Equal(StatusCode.EInval, shard.Status(new Rename(1, new Name("inner"), inner, new Name("x"), RenameMode.Standard, caller)));
    }

    [Fact]
    public void One_link_inside_is_enough_to_see_a_file()
    {
        shard.Run(new MakeLink(outside, inner, new Name("l"), Shard.User()));
        Assert.Equal(StatusCode.Ok, shard.Status(new GetAttributes(outside, Opened: false, caller)));
        Assert.Equal(["inner/l"], shard.Run<PathsReply>(new GetPaths(outside, caller)).Paths.Select(System.Text.Encoding.UTF8.GetString));
        Assert.Equal(["outside", "top/inner/l"], shard.Run<PathsReply>(new GetPaths(outside, Shard.User())).Paths.Select(System.Text.Encoding.UTF8.GetString).Order());
    }

    [Fact]
    public void A_root_that_is_gone_is_not_found()
    {
        shard.Run(new RemoveDirectory(top, new Name("inner"), Shard.User()));
        shard.Run(new RemoveDirectory(1, new Name("top"), Shard.User()));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new GetAttributes(1, Opened: false, caller)));
        var status = shard.Run<FileSystemReply>(new GetFileSystemStatus(100, 50, 60, caller));
        Assert.Equal(new FileSystemReply(0, 0, 0, 0, 0, 0), status);
    }

    [Fact]
    public void Meta_sessions_see_only_trash_and_sustained_files()
    {
        var file = shard.CreateFile(1, "f");
        var meta = Shard.User(root: 0);
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new GetAttributes(file, Opened: true, meta)));
        shard.Run(new RemoveFile(1, new Name("f"), Shard.User()));
        Assert.Equal(StatusCode.Ok, shard.Status(new GetAttributes(file, Opened: false, meta)));
        Assert.Equal(["./TRASH (f)"], shard.Run<PathsReply>(new GetPaths(file, meta)).Paths.Select(System.Text.Encoding.UTF8.GetString));
    }

    [Fact]
    public void Statfs_counts_the_subtree_and_shows_the_trash_only_to_whole_sessions()
    {
        var file = shard.CreateFile(inner, "f");
        shard.Run(new SetLength(file, TruncateFlags.None, 500, false, Shard.User()));
        Assert.Equal(new FileSystemReply(100, 50, 60, 0, 0, 3), shard.Run<FileSystemReply>(new GetFileSystemStatus(100, 50, 60, caller)));
        shard.Run(new RemoveFile(inner, new Name("f"), Shard.User()));
        Assert.Equal(new FileSystemReply(100, 50, 60, 0, 0, 2), shard.Run<FileSystemReply>(new GetFileSystemStatus(100, 50, 60, caller)));
        Assert.Equal(new FileSystemReply(100, 50, 60, 500, 0, 4), shard.Run<FileSystemReply>(new GetFileSystemStatus(100, 50, 60, Shard.User())));
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class LookupTests
{
    private readonly Shard shard = new();

    [Fact]
    public void Dot_and_dot_dot_are_names()
    {
        var a = shard.MakeDirectory(1, "a");
        var b = shard.MakeDirectory(a, "b");
        Assert.Equal(b, shard.Find(b, "."));
        Assert.Equal(a, shard.Find(b, ".."));
        Assert.Equal(1u, shard.Find(a, ".."));
        Assert.Equal(1u, shard.Find(1, ".."));
    }

    [Fact]
    public void Absent_names_may_be_remembered_unless_the_directory_or_its_absence_says_otherwise()
    {
        var directory = shard.MakeDirectory(1, "d");
        var file = shard.MakeFile(1, "f");
        Assert.Equal(StatusCode.ENoEnt, Status(directory, "x"));
        shard.Set(directory, ExtraAttributes.NoEntryCache);
        Assert.Equal(StatusCode.ENoEntNoCache, Status(directory, "x"));
        Assert.Equal(StatusCode.ENoEntNoCache, Status(999, "x"));
        Assert.Equal(StatusCode.ENotDir, Status(file, "x"));
        Assert.Equal(StatusCode.EInval, Status(1, "a/b"));
    }

    [Fact]
    public void Looking_up_needs_the_right_to_enter()
    {
        var directory = shard.MakeDirectory(1, "d", 0x1B6);
        Assert.Equal(StatusCode.EAcces, Status(directory, "x", Shard.User(10)));
        Assert.Equal(StatusCode.EAcces, Status(directory, ".", Shard.User(10)));
    }

    [Fact]
    public void Locations_of_chunk_0_are_offered_only_when_it_is_free_and_the_file_can_be_opened()
    {
        var file = shard.MakeFile(1, "f", 0x180);
        Assert.False(Find().MayGiveChunk);
        PutFirstChunk(file, lockedUntil: 0);
        var reply = Find();
        Assert.Equal((true, 7ul, 3u), (reply.MayGiveChunk, reply.FirstChunk, reply.FirstChunkVersion));
        Assert.False(Find(Shard.User(10)).MayGiveChunk);
        Assert.False(Find(Shard.User(disables: DisabledOperations.Read)).MayGiveChunk);
        PutFirstChunk(file, lockedUntil: shard.Now);
        Assert.False(Find().MayGiveChunk);
        shard.Now++;
        Assert.True(Find().MayGiveChunk);
    }

    [Fact]
    public void A_hole_at_the_beginning_is_offered_too()
    {
        var file = shard.MakeFile(1, "f");
        shard.State.Inodes.Set(file, shard.Inode(file) with { ChunkSlots = 2 });
        shard.State.Commit(success: true);
        Assert.Equal((true, 0ul), (Find().MayGiveChunk, Find().FirstChunk));
    }

    [Theory]
    [InlineData("", 0u, "", 1u)]
    [InlineData("/", 0u, "", 1u)]
    [InlineData("a", 1u, "a", 2u)]
    [InlineData("//a//b", 2u, "b", 3u)]
    [InlineData("a/b/", 3u, "", 0u)]
    [InlineData("a/./b", 2u, "b", 3u)]
    [InlineData("a/b/..", 0u, "", 2u)]
    [InlineData("a/b/.", 0u, "", 3u)]
    [InlineData("a/b/../new", 2u, "new", 0u)]
    [InlineData("a/b/f\0ignored", 3u, "f", 4u)]
    public void Paths_are_followed(string path, uint parent, string name, uint inode)
    {
        Tree();
        var reply = shard.Run<PathReply>(new LookupPath(1, new Name(path).Bytes!, Shard.User()));
        Assert.Equal((parent, name, inode), (reply.Parent, reply.LastName.ToString(), reply.Inode));
        Assert.Equal(inode == 0 ? NodeType.None : shard.Inode(inode).Type, reply.Attributes.Type);
    }

    [Theory]
    [InlineData("..", StatusCode.EPerm)]
    [InlineData("a/../..", StatusCode.EPerm)]
    [InlineData("a/x/y", StatusCode.ENoEnt)]
    [InlineData("a/b/f/x", StatusCode.ENotDir)]
    [InlineData("a/b/f/..", StatusCode.ENotDir)]
    public void Paths_that_lead_nowhere_are_refused(string path, StatusCode expected)
    {
        Tree();
        Assert.Equal(expected, shard.Status(new LookupPath(1, new Name(path).Bytes!, Shard.User())));
    }

    [Fact]
    public void Components_of_paths_have_at_most_255_bytes_and_a_base_must_exist()
    {
        Assert.Equal(StatusCode.ENameTooLong, shard.Status(new LookupPath(1, [.. Enumerable.Repeat((byte)'x', 256)], Shard.User())));
        Assert.Equal(StatusCode.ENoEntNoCache, shard.Status(new LookupPath(99, "a"u8.ToArray(), Shard.User())));
    }

    [Theory]
    [InlineData("/", StatusCode.Ok, 1u)]
    [InlineData("", StatusCode.Ok, 1u)]
    [InlineData("/a/b/\0", StatusCode.Ok, 3u)]
    [InlineData("a//b", StatusCode.Ok, 3u)]
    [InlineData("/a/x", StatusCode.ENoEnt, 0u)]
    [InlineData("/a/b/f", StatusCode.ENotDir, 0u)]
    [InlineData("/a/..", StatusCode.EInval, 0u)]
    public void The_root_of_a_session_is_found_by_path(string path, StatusCode expected, uint inode)
    {
        Tree();
        var reply = shard.Execute(new ResolveRoot(new Name(path).Bytes!));
        Assert.Equal(expected, reply.Status);
        Assert.Equal(inode, (reply as InodeReply)?.Inode ?? 0);
    }

    private void Tree()
    {
        var a = shard.MakeDirectory(1, "a");
        var b = shard.MakeDirectory(a, "b");
        shard.MakeFile(b, "f");
    }

    private StatusCode Status(uint parent, string name, Caller? caller = null) => shard.Status(new Lookup(parent, new Name(name), caller ?? Shard.User()));

    private LookupReply Find(Caller? caller = null) => shard.Run<LookupReply>(new Lookup(1, new Name("f"), caller ?? Shard.User()));

    private void PutFirstChunk(uint file, uint lockedUntil)
    {
        shard.State.Inodes.Set(file, shard.Inode(file) with { FirstChunk = 7, ChunkSlots = 1, ChunkCount = 1 });
        shard.State.Chunks.Set(7, new Chunk { Version = 3, StorageClass = 2, References = 1, LockedUntil = lockedUntil });
        shard.State.Commit(success: true);
    }
}

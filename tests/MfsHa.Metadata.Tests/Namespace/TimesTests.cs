using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class TimesTests
{
    private const uint Begin = Shard.Begin;
    private readonly Shard shard = new();

    [Fact]
    public void Times_of_writers_and_readers_only_go_forward()
    {
        var file = shard.MakeFile(1, "f");
        Update(file, 0, Begin + 100);
        Assert.Equal((Begin + 100, Begin + 100), (shard.Inode(file).ModificationTime, shard.Inode(file).ChangeTime));
        Update(file, 0, Begin + 50);
        Assert.Equal(Begin + 100, shard.Inode(file).ModificationTime);
        Update(file, Begin + 200, 0);
        Assert.Equal(Begin + 200, shard.Inode(file).AccessTime);
        Update(file, Begin + 150, 0);
        Assert.Equal((Begin + 200, Begin + 100), (shard.Inode(file).AccessTime, shard.Inode(file).ChangeTime));
    }

    [Theory]
    [InlineData(AccessTimeMode.Always, true, true)]
    [InlineData(AccessTimeMode.FilesAlways, true, false)]
    [InlineData(AccessTimeMode.Relative, false, false)]
    [InlineData(AccessTimeMode.FilesRelative, false, false)]
    [InlineData(AccessTimeMode.Never, false, false)]
    public void A_fresh_access_time_moves_only_where_always_is_configured(AccessTimeMode mode, bool file, bool directory) =>
        Assert.Equal((file, directory), Moves(mode, Begin + 1000, Begin + 2000));

    [Theory]
    [InlineData(AccessTimeMode.Relative, true, true)]
    [InlineData(AccessTimeMode.FilesRelative, true, false)]
    [InlineData(AccessTimeMode.Never, false, false)]
    public void An_access_time_older_than_the_last_change_or_a_day_moves_under_relative(AccessTimeMode mode, bool file, bool directory)
    {
        Assert.Equal((file, directory), Moves(mode, Begin, Begin + 1));
        Assert.Equal((file, directory), Moves(mode, Begin + 1000, Begin + 1000 + 86_401));
        Assert.Equal((false, false), Moves(mode, Begin + 1000, Begin + 1000 + 86_400));
    }

    [Fact]
    public void Reading_directories_and_links_tells_when_their_access_time_is_due()
    {
        var link = shard.Run<NodeReply>(new MakeSymlink(1, new Name("s"), "t"u8.ToArray(), Shard.User())).Inode;
        shard.Now += 10;
        Assert.True(shard.Run<TargetReply>(new ReadLink(link, Shard.User())).AccessTimeDue);
        Assert.True(shard.Run<DirectoryReply>(new ReadDirectory(1, ReadDirectoryFlags.None, 1, 0, Shard.User())).AccessTimeDue);
        Assert.False(shard.Run<TargetReply>(new ReadLink(link, Shard.User(flags: SessionFlags.ReadOnly))).AccessTimeDue);
        Update(link, shard.Now, 0);
        Update(1, shard.Now, 0);
        shard.Now += 10;
        Assert.False(shard.Run<TargetReply>(new ReadLink(link, Shard.User())).AccessTimeDue);
        Assert.False(shard.Run<DirectoryReply>(new ReadDirectory(1, ReadDirectoryFlags.None, 1, 0, Shard.User())).AccessTimeDue);
    }

    [Fact]
    public void Repeated_times_and_unknown_objects_change_nothing()
    {
        var file = shard.MakeFile(1, "f");
        var update = new UpdateTimes([new TimeUpdate(file, Begin + 5, Begin + 5), new TimeUpdate(999, 1, 1)], Shard.User());
        Assert.Null(shard.Processor.AnswerWithoutChange(update, new OperationContext(shard.Now)));
        shard.Run(update);
        Assert.NotNull(shard.Processor.AnswerWithoutChange(update, new OperationContext(shard.Now)));
        Assert.Equal(StatusCode.EInval, shard.Status(new UpdateTimes(new TimeUpdate[UpdateTimes.MaxUpdates + 1], Shard.User())));
    }

    private void Update(uint inode, uint access, uint modification) => shard.Run(new UpdateTimes([new TimeUpdate(inode, access, modification)], Shard.User()));

    private static (bool File, bool Directory) Moves(AccessTimeMode mode, uint from, uint to)
    {
        var shard = new Shard();
        shard.Run(new ConfigureNamespace(Settings.Default with { AccessTimes = mode }));
        var file = shard.MakeFile(1, "f");
        var directory = shard.MakeDirectory(1, "d");
        foreach (var number in new[] { file, directory })
        {
            shard.State.Inodes.Set(number, shard.Inode(number) with { AccessTime = from });
        }

        shard.State.Commit(success: true);
        shard.Run(new UpdateTimes([new TimeUpdate(file, to, 0), new TimeUpdate(directory, to, 0)], Shard.User()));
        return (shard.Inode(file).AccessTime == to, shard.Inode(directory).AccessTime == to);
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class OpenFileTests
{
    private readonly Shard shard = new();

    [Fact]
    public void Create_and_open_register_the_session_and_mknod_does_not()
    {
        var created = shard.CreateFile(1, "a");
        var made = shard.MakeFile(1, "b");
        Assert.True(shard.State.IsOpenBy(created, 1));
        Assert.False(shard.State.IsOpen(made));
        shard.Run(new OpenFile(made, OpenFlags.Read, Shard.User(session: 9)));
        Assert.True(shard.State.IsOpenBy(made, 9));
        Assert.Equal([9u], shard.Run<SessionsReply>(new GetOpenSessions(made)).Sessions);
        Assert.Equal([new OpenEntry(1, created), new OpenEntry(9, made)], shard.Run<OpenFilesReply>(new ListOpenFiles(0, 0, 0, 10)).Entries);
        Assert.Equal([new OpenEntry(9, made)], shard.Run<OpenFilesReply>(new ListOpenFiles(9, 0, 0, 10)).Entries);
        Assert.Equal([new OpenEntry(1, created)], shard.Run<OpenFilesReply>(new ListOpenFiles(0, 0, 0, 1)).Entries);
        Assert.Equal([new OpenEntry(9, made)], shard.Run<OpenFilesReply>(new ListOpenFiles(0, 1, created, 1)).Entries);
    }

    [Fact]
    public void A_file_that_the_session_has_open_is_opened_again_without_a_change()
    {
        var file = shard.CreateFile(1, "a");
        var open = new OpenFile(file, OpenFlags.Read, Shard.User());
        Assert.IsType<OpenReply>(shard.Processor.AnswerWithoutChange(open, new OperationContext(shard.Now)));
        Assert.Null(shard.Processor.AnswerWithoutChange(open with { Caller = Shard.User(session: 2) }, new OperationContext(shard.Now)));
        Assert.Null(shard.Processor.AnswerWithoutChange(open with { Flags = OpenFlags.Truncate }, new OperationContext(shard.Now)));
    }

    [Fact]
    public void Truncating_opens_empty_the_file_unless_it_was_just_created()
    {
        var file = shard.MakeFile(1, "a");
        shard.Run(new SetLength(file, TruncateFlags.None, 100, false, Shard.User()));
        shard.Now += 7;
        shard.Run(new OpenFile(file, OpenFlags.Write | OpenFlags.Truncate | OpenFlags.AfterCreate, Shard.User()));
        Assert.Equal(100ul, shard.Inode(file).Length);
        var reply = shard.Run<OpenReply>(new OpenFile(file, OpenFlags.Write | OpenFlags.Truncate, Shard.User()));
        Assert.Equal((0ul, shard.Now, shard.Now), (reply.Attributes.Length, reply.Attributes.ModificationTime, reply.Attributes.ChangeTime));
        Assert.Equal(0, shard.State.Totals.Require(1).Length);
    }

    [Fact]
    public void Refusals()
    {
        var file = shard.MakeFile(1, "a", 0x124, Shard.User(10));
        var user = Shard.User(10);
        Assert.Equal(StatusCode.EPerm, Open(shard.MakeDirectory(1, "d"), OpenFlags.Read, user));
        Assert.Equal(StatusCode.ENoEnt, Open(999, OpenFlags.Read, user));
        Assert.Equal(StatusCode.EAcces, Open(file, OpenFlags.Write, user));
        Assert.Equal(StatusCode.EAcces, Open(file, OpenFlags.Read | OpenFlags.Truncate, user));
        Assert.Equal(StatusCode.Ok, Open(file, OpenFlags.Write | OpenFlags.AfterCreate, user));
        Assert.Equal(StatusCode.ERofs, Open(file, OpenFlags.Write, user with { SessionFlags = SessionFlags.ReadOnly }));
        Assert.Equal(StatusCode.Ok, Open(file, OpenFlags.Read, user with { SessionFlags = SessionFlags.ReadOnly }));
        Assert.Equal(StatusCode.EPerm, Open(file, OpenFlags.Truncate, user with { Disables = DisabledOperations.Truncate }));
        shard.Set(file, ExtraAttributes.AppendOnly);
        Assert.Equal(StatusCode.EPerm, Open(file, OpenFlags.Write | OpenFlags.Truncate, Shard.User()));
        Assert.Equal(StatusCode.Ok, Open(file, OpenFlags.Write, Shard.User()));
        Assert.Equal(StatusCode.EAcces, Open(file, OpenFlags.Write, Shard.User() with { KnowsFlags = false }));
        Assert.Equal(StatusCode.Ok, Open(file, OpenFlags.Read, Shard.User() with { KnowsFlags = false }));
        shard.Set(file, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, Open(file, OpenFlags.Write, Shard.User()));
        Assert.Equal(StatusCode.Ok, Open(file, OpenFlags.Read, Shard.User()));
    }

    [Fact]
    public void Replies_say_how_the_file_may_be_used()
    {
        var file = shard.MakeFile(1, "a");
        shard.Set(file, ExtraAttributes.AppendOnly | ExtraAttributes.NoDataCache);
        var reply = shard.Run<OpenReply>(new OpenFile(file, OpenFlags.Read, Shard.User()));
        Assert.Equal(OpenReplyFlags.AppendOnly | OpenReplyFlags.DirectMode, reply.Flags);
        Assert.False(shard.Run<OpenReply>(new CreateFile(1, new Name("b"), 0x1B6, 0, Shard.User())).Attributes.Flags.HasFlag(AttributeFlags.AllowDataCache));
    }

    [Fact]
    public void The_list_of_open_files_replaces_what_was_open()
    {
        var a = shard.CreateFile(1, "a");
        var b = shard.CreateFile(1, "b");
        var c = shard.MakeFile(1, "c");
        shard.CreateFile(1, "other", caller: Shard.User(session: 2));
        shard.Run(new SyncOpenFiles(1, [b, c, 5000]));
        Assert.Equal([b, c], shard.Run<OpenFilesReply>(new ListOpenFiles(1, 0, 0, 10)).Entries.Select(e => e.Inode));
        Assert.False(shard.State.IsOpen(a));
        Assert.NotNull(shard.Processor.AnswerWithoutChange(new SyncOpenFiles(1, [b, c]), new OperationContext(shard.Now)));
        Assert.Equal(StatusCode.EInval, shard.Status(new SyncOpenFiles(1, [c, b])));
        shard.Run(new SyncOpenFiles(1, []));
        Assert.Single(shard.State.OpenBySession.All());
    }

    [Fact]
    public void A_session_is_released_in_steps()
    {
        for (var i = 0; i < 5; i++)
        {
            shard.CreateFile(1, $"f{i}");
        }

        shard.Run(new MakeDirectory(1, new Name("d"), 0x1FF, 0, false, Shard.User()) { Stamp = new RequestStamp(1, 77, 1, 2, false) });
        shard.CreateFile(1, "other", caller: Shard.User(session: 7));
        Assert.Equal([1u, 7u], shard.Run<SessionsReply>(new ListSessions(0, 10)).Sessions);
        Assert.Equal([1u], shard.Run<SessionsReply>(new ListSessions(0, 1)).Sessions);
        Assert.Equal([7u], shard.Run<SessionsReply>(new ListSessions(1, 10)).Sessions);
        Assert.Equal(1, shard.Run<CountReply>(new ReleaseSession(7, 4)).Count);
        Assert.Equal(4, shard.Run<CountReply>(new ReleaseSession(1, 4)).Count);
        Assert.Equal(2, shard.Run<CountReply>(new ReleaseSession(1, 4)).Count);
        Assert.Equal(0, shard.Run<CountReply>(new ReleaseSession(1, 4)).Count);
        Assert.Empty(shard.State.OpenByInode.All());
        Assert.Empty(shard.State.Replies.All());
    }

    private StatusCode Open(uint inode, OpenFlags flags, Caller caller) => shard.Status(new OpenFile(inode, flags, caller));
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Operations;

public sealed class CommandProcessorTests
{
    private readonly Shard shard = new();

    [Fact]
    public void A_request_that_the_router_sends_twice_is_executed_once()
    {
        var command = Make("d", new RequestStamp(1, 5, 1, 100, MayRepeat: true));
        var first = shard.Run<NodeReply>(command);
        var second = shard.Run<NodeReply>(command);
        Assert.Equal(first, second);
        Assert.Equal(2, shard.State.Counters.Inodes);
        Assert.Equal(first, shard.Processor.AnswerWithoutChange(command, new OperationContext(shard.Now)));
    }

    [Fact]
    public void A_request_that_the_client_repeats_on_a_new_connection_gets_the_first_answer()
    {
        var first = shard.Run<NodeReply>(Make("d", new RequestStamp(1, 5, 1, 100, true)));
        var repeated = Make("d", new RequestStamp(1, 5, (1UL << 32) | 1, 100, true));
        Assert.Null(shard.Processor.AnswerWithoutChange(repeated, new OperationContext(shard.Now)));
        Assert.Equal(first, shard.Run<NodeReply>(repeated));
        Assert.Equal(first, shard.Run<NodeReply>(repeated));
    }

    [Fact]
    public void A_request_whose_answer_has_reached_the_client_is_new_when_it_comes_again()
    {
        shard.Run(Make("d", new RequestStamp(1, 5, 1, 100, true)));
        shard.Run(new RemoveDirectory(1, new Name("d"), Shard.User()) { Stamp = new RequestStamp(1, 6, 2, 200, false, AnsweredBelow: 2) });
        shard.Run(Make("d", new RequestStamp(1, 5, (1UL << 32) | 1, 100, true)));
        Assert.NotNull(shard.Find(1, "d"));
    }

    [Fact]
    public void A_rename_that_can_be_done_again_is_done_again()
    {
        // What is written anew again and again: the same bytes each time, and nothing tells that the first answer has arrived.
        var first = shard.MakeFile(1, "f.tmp");
        Rename Publish(ulong request) => new(1, new Name("f.tmp"), 1, new Name("f"), RenameMode.Standard, Shard.User()) { Stamp = new RequestStamp(1, 5, request, 100, true) };
        shard.Run(Publish(1));
        shard.Run(Publish((1UL << 32) | 1));
        Assert.Equal(first, shard.Find(1, "f"));

        var second = shard.MakeFile(1, "f.tmp");
        shard.Run(Publish((2UL << 32) | 1));
        Assert.Equal(second, shard.Find(1, "f"));
    }

    [Fact]
    public void What_was_made_and_is_gone_is_made_again_and_what_was_removed_and_is_back_is_removed_again()
    {
        var (once, again) = (new RequestStamp(1, 5, 1, 100, true), new RequestStamp(1, 5, (1UL << 32) | 1, 100, true));
        var origin = shard.MakeFile(1, "origin");
        foreach (var make in new Command[]
        {
            new MakeDirectory(1, new Name("x"), 0x1FF, 0, false, Shard.User()),
            new CreateFile(1, new Name("x"), 0x1FF, 0, Shard.User()),
            new MakeNode(1, new Name("x"), NodeType.Fifo, 0x1FF, 0, 0, Shard.User()),
            new MakeSymlink(1, new Name("x"), [1], Shard.User()),
            new MakeLink(origin, 1, new Name("x"), Shard.User()),
        })
        {
            Command remove = make is MakeDirectory ? new RemoveDirectory(1, new Name("x"), Shard.User()) : new RemoveFile(1, new Name("x"), Shard.User());
            Assert.Equal(StatusCode.Ok, shard.Status(make with { Stamp = once }));
            Assert.Equal(StatusCode.Ok, shard.Status(make with { Stamp = again }));
            Assert.Equal(StatusCode.Ok, shard.Status(remove with { Stamp = once with { Message = 6 } }));
            Assert.Equal(StatusCode.Ok, shard.Status(remove with { Stamp = again with { Message = 6 } }));
            Assert.Null(shard.Find(1, "x"));
            (once, again) = (again with { Request = again.Request + (1UL << 32) }, again with { Request = again.Request + (2UL << 32) });
            Assert.Equal(StatusCode.Ok, shard.Status(make with { Stamp = once }));
            Assert.NotNull(shard.Find(1, "x"));
            Assert.Equal(StatusCode.Ok, shard.Status(remove with { Stamp = once with { Message = 6 } }));
            Assert.Null(shard.Find(1, "x"));
            (once, again) = (again with { Request = again.Request + (1UL << 32) }, again with { Request = again.Request + (2UL << 32) });
        }
    }

    [Fact]
    public void What_has_arrived_stays_known_over_some_reconnects_and_until_the_session_is_released()
    {
        shard.Run(Make("d", new RequestStamp(1, 5, 1, 100, true)));
        shard.Run(Make("e", new RequestStamp(1, 6, 2, 200, true, AnsweredBelow: 2)));
        shard.Run(Make("f", new RequestStamp(1, 6, (1UL << 32) | 1, 201, true, AnsweredBelow: 1)));
        shard.Run(Make("g", new RequestStamp(1, 6, (2UL << 32) | 1, 202, true, AnsweredBelow: 1)));
        Assert.Equal(StatusCode.EExist, shard.Status(Make("d", new RequestStamp(1, 5, (2UL << 32) | 2, 100, true))));

        shard.Run(new NoteDelivery(1, 2, 3));
        shard.Run(new NoteDelivery(9, 2, 3));
        Assert.True(shard.State.Deliveries.Require(1).HasArrived((2UL << 32) | 2));
        Assert.Null(shard.State.Deliveries.Get(9));
        shard.Run(new ReleaseSession(1, 1000));
        Assert.Empty(shard.State.Deliveries.All());
    }

    [Theory]
    [InlineData((1UL << 32) | 1, 101UL, true)]
    [InlineData((1UL << 32) | 1, 100UL, false)]
    [InlineData(2UL, 100UL, true)]
    public void Anything_else_is_a_new_request(ulong request, ulong digest, bool first)
    {
        shard.Run(Make("d", new RequestStamp(1, 5, 1, 100, true)));
        Assert.Equal(StatusCode.EExist, shard.Status(Make("d", new RequestStamp(1, 5, request, digest, first))));
    }

    [Fact]
    public void Message_ids_and_sessions_do_not_mix()
    {
        shard.Run(Make("d", new RequestStamp(1, 5, 1, 100, true)));
        Assert.Equal(StatusCode.EExist, shard.Status(Make("d", new RequestStamp(1, 6, 1, 100, true))));
        Assert.Equal(StatusCode.EExist, shard.Status(Make("d", new RequestStamp(2, 5, 1, 100, true))));
    }

    [Fact]
    public void A_late_copy_of_an_older_request_is_not_executed()
    {
        shard.Run(Make("a", new RequestStamp(1, 5, 1, 100, true)));
        shard.Run(new RemoveDirectory(1, new Name("a"), Shard.User()) { Stamp = new RequestStamp(1, 5, 2, 200, false) });
        Assert.Equal(StatusCode.EAgain, shard.Status(Make("a", new RequestStamp(1, 5, 1, 100, true))));
        Assert.Null(shard.Find(1, "a"));
    }

    [Fact]
    public void A_late_copy_of_a_failed_request_fails_again_even_if_it_could_succeed_now()
    {
        var command = Make("d", new RequestStamp(1, 5, 1, 100, true)) with { Parent = 2 };
        Assert.Equal(StatusCode.ENoEnt, shard.Status(command));
        Assert.Equal(2u, shard.MakeDirectory(1, "x"));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(command));
    }

    [Fact]
    public void A_failed_request_that_the_client_repeats_is_executed_again()
    {
        var command = Make("d", new RequestStamp(1, 5, 1, 100, true)) with { Parent = 2 };
        Assert.Equal(StatusCode.ENoEnt, shard.Status(command));
        Assert.Equal(2u, shard.MakeDirectory(1, "x"));
        Assert.Equal(StatusCode.Ok, shard.Status(command with { Stamp = new RequestStamp(1, 5, (1UL << 32) | 1, 100, true) }));
    }

    [Fact]
    public void A_request_that_must_wait_goes_on_under_its_own_stamp()
    {
        var file = shard.MakeFile(1, "f");
        shard.State.Chunks.Set(7, new Chunk { Version = 1, StorageClass = 2, References = 1 });
        var inode = shard.State.WithChunkAt(file, shard.Inode(file), 0, 7) with { Length = 1000 };
        shard.State.ReplaceFile(file, shard.Inode(file), inode, shard.State.Contribution(file, shard.Inode(file)));
        shard.State.Commit(success: true);
        var command = new SetLength(file, TruncateFlags.None, 10, false, Shard.User()) { Stamp = new RequestStamp(1, 5, 1, 100, true) };
        Assert.Equal(StatusCode.Delayed, shard.Status(command));
        Assert.Equal(StatusCode.Ok, shard.Status(command with { IsCut = true }));
    }

    [Fact]
    public void Every_reply_survives_being_remembered()
    {
        var stamp = 0UL;
        RequestStamp Next() => new(1, 9, ++stamp, stamp, false);
        var commands = new Command[]
        {
            new CreateFile(1, new Name("f"), 0x1B6, 0, Shard.User()),
            new OpenFile(2, OpenFlags.Read, Shard.User()),
            new SetLength(2, TruncateFlags.None, 10, false, Shard.User()),
            new MakeLink(2, 1, new Name("l"), Shard.User()),
            new Rename(1, new Name("l"), 1, new Name("m"), RenameMode.Standard, Shard.User()),
            new RemoveFile(1, new Name("m"), Shard.User()),
            new SetAttributes { Inode = 2, Changes = SetAttributesMask.Mode, Mode = 0x180, Caller = Shard.User() },
        };
        foreach (var command in commands)
        {
            var stamped = command with { Stamp = Next() };
            var reply = shard.Execute(stamped);
            Assert.Equal(StatusCode.Ok, reply.Status);
            Assert.Equal(reply, shard.Execute(stamped));
        }
    }

    [Fact]
    public void A_command_that_fails_after_changing_something_stops_the_replica() =>
        Assert.Throws<InvariantException>(() => shard.Execute(new Careless()));

    [Fact]
    public void A_query_that_changes_something_stops_the_replica() =>
        Assert.Throws<InvariantException>(() => shard.Execute(new CarelessQuery()));

    private static MakeDirectory Make(string name, RequestStamp stamp) => new(1, new Name(name), 0x1FF, 0, false, Shard.User()) { Stamp = stamp };

    private sealed record Careless : Command
    {
        public override uint RoutingInode => 0;

        public override Reply Execute(NamespaceState state, in OperationContext context)
        {
            state.OrphanChunks.Set(1, Present.Value);
            return StatusReply.Of(StatusCode.EInval);
        }
    }

    private sealed record CarelessQuery : Query
    {
        public override uint RoutingInode => 0;

        public override Reply Execute(NamespaceState state, in OperationContext context)
        {
            state.OrphanChunks.Set(1, Present.Value);
            return StatusReply.Ok;
        }
    }
}

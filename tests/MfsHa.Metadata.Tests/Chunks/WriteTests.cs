using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Chunks;

public sealed class WriteTests
{
    private readonly Shard shard = new();
    private readonly uint file;

    public WriteTests() => file = shard.MakeFile(1, "f");

    [Fact]
    public void The_first_write_makes_a_chunk_and_locks_it_for_two_minutes()
    {
        var begun = shard.Begin(file, 0);

        Assert.Equal((ChunkWorkKind.Create, 1u, 0ul), (begun.Work.Kind, begun.Version, begun.FileLength));
        var chunk = shard.Chunk(begun.Chunk);
        Assert.Equal((1u, shard.Now + 120, 1u, (byte)2), (chunk.References, chunk.LockedUntil, chunk.LockSession, chunk.StorageClass));
        Assert.Equal(1u, shard.Inode(file).ChunkSlots);
    }

    [Fact]
    public void Ending_a_write_extends_the_file_without_touching_its_times()
    {
        var before = shard.Inode(file);
        var begun = shard.Begin(file, 0);
        shard.Now += 10;

        var ended = shard.End(begun.Chunk, file, 0, 5000);

        Assert.Equal((5000ul, true, 1u), (ended.FileLength, ended.LengthChanged, ended.Version));
        Assert.Equal((before.ModificationTime, before.ChangeTime), (shard.Inode(file).ModificationTime, shard.Inode(file).ChangeTime));
        Assert.False(shard.Chunk(begun.Chunk).IsLocked(shard.Now));
        Assert.Null(shard.Chunk(begun.Chunk).Work);
    }

    [Fact]
    public void The_end_of_a_write_leaves_an_order_of_which_nobody_knows_whether_it_was_executed()
    {
        var chunk = shard.WriteChunk(file, 0, 5000);
        var raised = shard.Begin(file, 0, copies: SeenCopies.Doubtful);
        Assert.Equal((ChunkWorkKind.SetVersion, 2u), (raised.Work.Kind, raised.Version));

        shard.Run<WriteEndedReply>(new EndWrite(chunk, file, 0, 5000, ChunkOperationFlags.None, Shard.User()) { ExecutedVersion = 1 });
        Assert.False(shard.Chunk(chunk).IsLocked(shard.Now));
        Assert.Equal((1u, true), (shard.Chunk(chunk).Work!.OldVersion, shard.Chunk(chunk).Work!.IsEnded));

        shard.Begin(file, 0);
        Assert.Null(shard.Chunk(chunk).Work);
        shard.Begin(file, 0, copies: SeenCopies.Doubtful);
        shard.Run<WriteEndedReply>(new EndWrite(chunk, file, 0, 5000, ChunkOperationFlags.None, Shard.User()) { ExecutedVersion = 3 });
        Assert.Null(shard.Chunk(chunk).Work);
    }

    [Fact]
    public void Old_clients_writes_move_the_times()
    {
        shard.Now += 10;
        var begun = shard.Begin(file, 0, flags: ChunkOperationFlags.CanModifyTime);
        Assert.Equal(shard.Now, shard.Inode(file).ModificationTime);
        shard.Now += 10;
        shard.Run<WriteEndedReply>(new EndWrite(begun.Chunk, file, 0, 10, ChunkOperationFlags.CanModifyTime, Shard.User()));
        Assert.Equal(shard.Now, shard.Inode(file).ChangeTime);
    }

    [Fact]
    public void Ending_twice_is_harmless_and_a_shorter_end_changes_nothing()
    {
        var chunk = shard.WriteChunk(file, 0, 5000);

        Assert.False(shard.End(chunk, file, 0, 100).LengthChanged);
        Assert.Equal(5000ul, shard.Inode(file).Length);
        Assert.Equal(StatusCode.NoChunk, shard.Status(new EndWrite(99, file, 0, 0, 0, Shard.User())));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new EndWrite(chunk, 99, 0, 1, 0, Shard.User())));
        Assert.Equal(StatusCode.Ok, shard.Status(new EndWrite(chunk, 99, 0, 0, 0, Shard.User())));
    }

    [Fact]
    public void A_write_beyond_the_end_extends_the_file_to_the_chunks_begin()
    {
        shard.Begin(file, 130);

        Assert.Equal((130 * ChunkShard.ChunkSize, 131u, 1u), (shard.Inode(file).Length, shard.Inode(file).ChunkSlots, shard.Inode(file).ChunkCount));
        Assert.Null(shard.Slot(file, 129).Chunk);
    }

    [Fact]
    public void Another_session_waits_until_the_lock_is_gone_or_old()
    {
        var other = Shard.User(session: 2);
        var begun = shard.Begin(file, 0);
        Assert.Equal(StatusCode.Locked, shard.Status(shard.WriteOf(file, 0, other)));
        Assert.Equal(StatusCode.Locked, shard.Status(shard.WriteOf(file, 0, other, flags: ChunkOperationFlags.Continue)));

        shard.Now += 120;
        Assert.Equal(StatusCode.Locked, shard.Status(shard.WriteOf(file, 0, other)));
        shard.Now++;
        Assert.Equal(begun.Chunk, shard.Begin(file, 0, other).Chunk);

        // The first session ends late: the other's lock stays.
        shard.End(begun.Chunk, file, 0, 0);
        Assert.Equal(StatusCode.Locked, shard.Status(shard.WriteOf(file, 0)));
    }

    [Fact]
    public void The_session_that_holds_the_lock_enters_again_and_its_unfinished_order_is_answered_again()
    {
        var begun = shard.Begin(file, 0);

        var again = shard.Begin(file, 0, copies: SeenCopies.Unfinished);

        Assert.Equal((begun.Work with { Resumed = true }, begun.Chunk, begun.Version), (again.Work, again.Chunk, again.Version));
        shard.Run(new AbandonWrite(file, 0, begun.Chunk, begun.Version, 1));
        Assert.Equal(begun.Chunk, shard.Slot(file, 0).Chunk!.Id);
        Assert.True(shard.Chunk(begun.Chunk).IsLocked(shard.Now));
        shard.End(begun.Chunk, file, 0, 1);
        Assert.Equal(StatusCode.Mismatch, shard.Status(shard.WriteOf(file, 0, copies: SeenCopies.Unfinished)));
    }

    [Fact]
    public void An_order_that_is_given_again_stays_with_the_chunkservers_that_it_was_given_to()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        var order = shard.WriteOf(file, 0, copies: SeenCopies.Doubtful) with { Servers = [1, 2, 3] };
        Assert.Equal(StatusCode.Ok, shard.Status(order));
        Assert.Equal([1, 2, 3], shard.Chunk(chunk).Work!.Servers);

        // Chunkserver 3 has failed: the copies of the others get one more version.
        Assert.Equal(StatusCode.Ok, shard.Status(new SetChunkVersion(chunk, 2, 3, file) { Servers = [1, 2] }));
        Assert.Equal([1, 2], shard.Chunk(chunk).Work!.Servers);
        Assert.Equal((ChunkWorkKind.SetVersion, chunk, 2u), (shard.Chunk(chunk).Work!.Kind, shard.Chunk(chunk).Work!.OldChunk, shard.Chunk(chunk).Work!.OldVersion));

        // After a failover it is back; the order is given again, but not to it.
        Assert.Equal(StatusCode.Ok, shard.Status(shard.WriteOf(file, 0, copies: SeenCopies.Unfinished) with { Servers = [1, 2, 3] }));
        Assert.Equal([1, 2], shard.Chunk(chunk).Work!.Servers);
    }

    [Fact]
    public void The_version_grows_only_when_copies_are_in_doubt()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        Assert.Equal(ChunkWorkKind.None, shard.Begin(file, 0).Work.Kind);
        shard.End(chunk, file, 0, 0);

        var begun = shard.Begin(file, 0, copies: SeenCopies.Doubtful);

        Assert.Equal((new ChunkWork(ChunkWorkKind.SetVersion, chunk, 1, 0), chunk, 2u), (begun.Work, begun.Chunk, begun.Version));
    }

    [Fact]
    public void A_proposal_about_an_outdated_slot_changes_nothing()
    {
        var stale = shard.WriteOf(file, 0);
        shard.WriteChunk(file, 0, 10);
        Assert.Equal(StatusCode.Mismatch, shard.Status(stale));

        stale = shard.WriteOf(file, 0, copies: SeenCopies.Doubtful);
        shard.Begin(file, 0, copies: SeenCopies.Doubtful);
        Assert.Equal(StatusCode.Mismatch, shard.Status(stale));
    }

    [Fact]
    public void A_shared_chunk_is_duplicated_before_it_is_written()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        var copy = shard.MakeFile(1, "copy");
        shard.Append(copy, file);
        Assert.Equal(2u, shard.Chunk(chunk).References);

        var begun = shard.Begin(copy, 0);

        Assert.Equal(new ChunkWork(ChunkWorkKind.Duplicate, chunk, 1, 0), begun.Work);
        Assert.NotEqual(chunk, begun.Chunk);
        Assert.Equal((1u, 1u, 1u), (begun.Version, shard.Chunk(chunk).References, shard.Chunk(begun.Chunk).References));
        Assert.Equal(chunk, shard.Slot(file, 0).Chunk!.Id);
    }

    [Fact]
    public void Abandoning_puts_the_previous_chunk_back()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        var copy = shard.MakeFile(1, "copy");
        shard.Append(copy, file);
        var begun = shard.Begin(copy, 0);

        shard.Run(new AbandonWrite(copy, 0, begun.Chunk, begun.Version, 1));
        shard.Run(new AbandonWrite(copy, 0, begun.Chunk, begun.Version, 1));

        Assert.Equal((chunk, 2u), (shard.Slot(copy, 0).Chunk!.Id, shard.Chunk(chunk).References));
        Assert.Equal([begun.Chunk], shard.Orphans());
    }

    [Fact]
    public void Abandoning_the_creation_of_a_chunk_leaves_a_hole()
    {
        var begun = shard.Begin(file, 3);

        shard.Run(new AbandonWrite(file, 3, begun.Chunk, begun.Version, 1));

        Assert.Null(shard.Slot(file, 3).Chunk);
        Assert.Equal((0u, 3 * ChunkShard.ChunkSize), (shard.Inode(file).ChunkSlots, shard.Inode(file).Length));
        Assert.Equal([begun.Chunk], shard.Orphans());
    }

    [Fact]
    public void Abandoning_a_version_keeps_it_and_unlocks()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        var begun = shard.Begin(file, 0, copies: SeenCopies.Doubtful);

        shard.Run(new AbandonWrite(file, 0, chunk, begun.Version, 1));

        Assert.Equal((2u, 0u), (shard.Chunk(chunk).Version, shard.Chunk(chunk).LockedUntil));
        Assert.Equal(chunk, shard.Slot(file, 0).Chunk!.Id);

        // Which version the copies may have instead stays known, also when somebody else ends a write late.
        var order = new ChunkWork(ChunkWorkKind.SetVersion, chunk, 1, 0);
        Assert.Equal(order, shard.Chunk(chunk).Work);
        shard.End(chunk, file, 0, 0);
        Assert.Equal(order, shard.Chunk(chunk).Work);
    }

    [Fact]
    public void Creation_of_which_some_copies_got_one_more_version_is_repeated_as_that()
    {
        var begun = shard.Begin(file, 0);
        Assert.Equal(StatusCode.Ok, shard.Status(new SetChunkVersion(begun.Chunk, 1, 2, file) { Servers = [3] }));

        var again = shard.Begin(file, 0, copies: SeenCopies.Unfinished);

        Assert.Equal((ChunkWorkKind.SetVersion, begun.Chunk, 1u, 2u, true), (again.Work.Kind, again.Work.OldChunk, again.Work.OldVersion, again.Version, again.Work.Resumed));
    }

    [Fact]
    public void A_late_abandoning_does_not_undo_what_was_written_since()
    {
        var begun = shard.Begin(file, 0);
        shard.End(begun.Chunk, file, 0, 10);
        shard.Run(new AbandonWrite(file, 0, begun.Chunk, begun.Version, 1));
        Assert.Equal(begun.Chunk, shard.Slot(file, 0).Chunk!.Id);

        // The write was finished, its end never came; the next one begins without an order. Undoing that must not undo the creation.
        var second = shard.MakeFile(1, "g");
        var created = shard.Begin(second, 0);
        shard.Now += 121;
        shard.Begin(second, 0);
        shard.Run(new AbandonWrite(second, 0, created.Chunk, 1, 1));
        Assert.Equal(created.Chunk, shard.Slot(second, 0).Chunk!.Id);
        Assert.False(shard.Chunk(created.Chunk).IsLocked(shard.Now));
    }

    [Fact]
    public void Who_may_not_write_is_refused()
    {
        Assert.Equal(StatusCode.ERofs, shard.Status(shard.WriteOf(file, 0, Shard.User(flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(shard.WriteOf(file, 0, Shard.User(disables: DisabledOperations.Write))));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(shard.WriteOf(99, 0)));
        Assert.Equal(StatusCode.EPerm, shard.Status(shard.WriteOf(1, 0)));
        Assert.Equal(StatusCode.IndexTooBig, shard.Status(shard.WriteOf(file, 0x8000_0000)));
        Assert.Equal(StatusCode.EPerm, shard.Status(new ReadChunk(file, 0, Shard.User(disables: DisabledOperations.Read))));
    }

    [Fact]
    public void Others_who_have_the_file_open_are_named()
    {
        foreach (var session in (uint[])[3, 1, 2])
        {
            shard.Run<OpenReply>(new OpenFile(file, OpenFlags.Read | OpenFlags.Write, Shard.User(session: session)));
        }

        Assert.Equal([2u, 3u], shard.Begin(file, 0).OtherSessions);
        Assert.Equal([1u, 2u, 3u], shard.Run<SessionsReply>(new GetOpenSessions(file)).Sessions);
    }

    [Fact]
    public void Removing_the_file_leaves_its_chunks_as_orphans_until_they_are_forgotten()
    {
        shard.State.Settings = shard.State.Settings with { KeepEmptyFilesInTrash = false };
        shard.State.Commit(success: true);
        var empty = shard.MakeFile(1, "empty");
        var begun = shard.Begin(empty, 0);
        shard.Run<InodeReply>(new RemoveFile(1, new Name("empty"), Shard.User()));

        Assert.Empty(shard.Orphans());
        Assert.Equal(0, shard.Run<CountReply>(new ForgetChunks([begun.Chunk])).Count);
        shard.Now += 121;
        Assert.Equal([begun.Chunk], shard.Orphans());
        Assert.Equal(0, shard.Run<CountReply>(new ForgetChunks([begun.Chunk])).Count);
        Assert.Single(shard.Run<ChunksReply>(new CondemnChunks([begun.Chunk])).Chunks);
        Assert.Equal(1, shard.Run<CountReply>(new ForgetChunks([begun.Chunk, 77])).Count);
        Assert.Empty(shard.Orphans());
        Assert.Equal(0, shard.State.Counters.Chunks);
        Assert.NotEqual(begun.Chunk, shard.Begin(file, 0).Chunk);
    }

    [Fact]
    public void Unknown_chunks_are_kept_and_their_ids_never_given_out()
    {
        var known = shard.WriteChunk(file, 0, 10);
        var adopted = shard.Run<CountReply>(new AdoptUnknownChunks(
            [new(known, 7), new(0, 1), new(500, 3), new(1UL << 56, 1), new(3_000_000_000, 1)]));

        Assert.Equal(1, adopted.Count);
        Assert.Equal(1u, shard.Chunk(known).Version);
        Assert.Empty(shard.Orphans());
        Assert.Equal(501ul, shard.Begin(file, 1).Chunk);
        shard.Now += AdoptUnknownChunks.KeepSeconds + 1;
        Assert.Equal([500ul], shard.Orphans());
    }

    [Fact]
    public void Versions_change_by_one_from_what_was_seen()
    {
        var chunk = shard.WriteChunk(file, 0, 10);

        shard.Run(new SetChunkVersion(chunk, 1, 2, 0));
        Assert.Equal(StatusCode.Mismatch, shard.Status(new SetChunkVersion(chunk, 1, 2, 0)));
        Assert.Equal(StatusCode.EInval, shard.Status(new SetChunkVersion(chunk, 2, 4, 0)));
        Assert.Equal(StatusCode.NoChunk, shard.Status(new SetChunkVersion(99, 1, 2, 0)));
        shard.Run(new SetChunkVersion(chunk, 2, 1, 0));
        Assert.Equal(1u, shard.Chunk(chunk).Version);
    }

    [Fact]
    public void Chunks_are_listed_in_pages()
    {
        for (var i = 0u; i < 25; i++)
        {
            shard.WriteChunk(file, i, 0);
        }

        var first = shard.Run<ChunksReply>(new ListChunks(0, 10));
        var second = shard.Run<ChunksReply>(new ListChunks(first.Next, 100));

        Assert.Equal((10, 15, 0ul), (first.Chunks.Length, second.Chunks.Length, second.Next));
        Assert.Equal([3ul, 5ul], shard.Run<ChunksReply>(new LookUpChunks([3, 1000, 5])).Chunks.Select(static c => c.Id));
    }
}

using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Chunks;

public sealed class TruncateTests
{
    private const ulong Size = ChunkShard.ChunkSize;
    private readonly Shard shard = new();
    private readonly uint file;

    public TruncateTests() => file = shard.MakeFile(1, "f");

    [Fact]
    public void Cutting_inside_a_chunk_takes_a_new_version_and_two_steps()
    {
        var chunk = shard.WriteChunk(file, 0, 5000);
        Assert.Equal(StatusCode.Delayed, shard.Status(new SetLength(file, 0, 100, false, Shard.User())));

        var begun = shard.Run<ChunkWorkReply>(shard.CutOf(file, 100));
        Assert.Equal((new ChunkWork(ChunkWorkKind.Truncate, chunk, 1, 100), chunk, 2u), (begun.Work, begun.Chunk, begun.Version));
        Assert.Equal(5000ul, shard.Inode(file).Length);
        Assert.Equal(StatusCode.Locked, shard.Status(shard.WriteOf(file, 0)));
        shard.Now += 5;
        var done = shard.Run<LengthReply>(new EndTruncate(file, 0, 100, chunk, Shard.User()));

        Assert.Equal((5000ul, 100ul, shard.Now), (done.PreviousLength, done.Length, done.Attributes.ModificationTime));
        Assert.False(shard.Chunk(chunk).IsLocked(shard.Now));
    }

    [Fact]
    public void Cutting_a_shared_chunk_makes_a_new_one()
    {
        var chunk = shard.WriteChunk(file, 0, 5000);
        var copy = shard.MakeFile(1, "copy");
        shard.Append(copy, file);

        var begun = shard.Run<ChunkWorkReply>(shard.CutOf(copy, 100));

        Assert.Equal((new ChunkWork(ChunkWorkKind.DuplicateTruncate, chunk, 1, 100), 1u), (begun.Work, begun.Version));
        Assert.Equal((begun.Chunk, chunk), (shard.Slot(copy, 0).Chunk!.Id, shard.Slot(file, 0).Chunk!.Id));
        shard.Run(new AbandonWrite(copy, 0, begun.Chunk, 1, 1));
        Assert.Equal((chunk, 5000ul), (shard.Slot(copy, 0).Chunk!.Id, shard.Inode(copy).Length));
    }

    [Fact]
    public void A_repeated_truncate_of_the_same_session_orders_the_same_again()
    {
        shard.WriteChunk(file, 0, 5000);
        var first = shard.Run<ChunkWorkReply>(shard.CutOf(file, 100));

        var again = shard.Run<ChunkWorkReply>(shard.CutOf(file, 100));

        Assert.Equal((first.Work with { Resumed = true }, first.Chunk, first.Version), (again.Work, again.Chunk, again.Version));
        Assert.Equal(StatusCode.Locked, shard.Status(shard.CutOf(file, 200)));
        Assert.Equal(StatusCode.Locked, shard.Status(shard.CutOf(file, 100, Shard.User(session: 2))));
    }

    [Fact]
    public void A_chunk_that_is_being_written_is_not_cut()
    {
        shard.WriteChunk(file, 0, 5000);
        shard.Begin(file, 0);
        Assert.Equal(StatusCode.Locked, shard.Status(shard.CutOf(file, 100)));
    }

    [Fact]
    public void Between_chunks_in_holes_and_upwards_nothing_is_cut()
    {
        var chunk = shard.WriteChunk(file, 0, Size);
        var second = shard.WriteChunk(file, 1, Size + 10);

        Assert.Equal(Size + 10, shard.Truncate(file, Size).PreviousLength);
        Assert.Equal([second], shard.Orphans());
        shard.Truncate(file, 5 * Size + 1);
        shard.Truncate(file, 3 * Size + 1);
        Assert.Equal((3 * Size + 1, 1u), (shard.Inode(file).Length, shard.Chunk(chunk).Version));
        Assert.Equal(StatusCode.NotDone, shard.Status(shard.CutOf(file, 3 * Size)));
        shard.Truncate(file, 0);
        Assert.Equal((0u, 0u), (shard.Inode(file).ChunkSlots, shard.Inode(file).ChunkCount));
    }

    [Fact]
    public void Times_stay_only_with_time_fix_and_the_same_length()
    {
        shard.Truncate(file, 10);
        var touched = shard.Now;
        shard.Now += 5;
        shard.Truncate(file, 10, flags: TruncateFlags.TimeFix);
        Assert.Equal(touched, shard.Inode(file).ModificationTime);
        shard.Truncate(file, 10);
        Assert.Equal(shard.Now, shard.Inode(file).ModificationTime);
        shard.Now += 5;
        shard.Truncate(file, 11, flags: TruncateFlags.TimeFix);
        Assert.Equal(shard.Now, shard.Inode(file).ChangeTime);
    }

    [Fact]
    public void An_update_only_extends_and_leaves_times_and_chunks_alone()
    {
        var chunk = shard.WriteChunk(file, 0, 100);
        var before = shard.Inode(file);
        shard.Now += 5;

        Assert.Equal(100ul, shard.Truncate(file, 50, flags: TruncateFlags.Update | TruncateFlags.Opened).PreviousLength);
        Assert.Equal(100ul, shard.Inode(file).Length);
        shard.Truncate(file, 200, flags: TruncateFlags.Update | TruncateFlags.Opened);

        Assert.Equal((200ul, before.ModificationTime), (shard.Inode(file).Length, shard.Inode(file).ModificationTime));
        Assert.Equal(1u, shard.Chunk(chunk).Version);
    }

    [Fact]
    public void Reservations_of_appenders_follow_each_other()
    {
        const TruncateFlags reserve = TruncateFlags.Opened | TruncateFlags.Update | TruncateFlags.Reserve;
        var chunk = shard.WriteChunk(file, 0, 100);

        Assert.Equal(100ul, shard.Truncate(file, 10, flags: reserve).PreviousLength);
        Assert.Equal(110ul, shard.Truncate(file, 5, flags: reserve).PreviousLength);
        Assert.Equal(100ul, shard.Inode(file).Length);

        // The first appender's data arrives, in both ways in which clients say so: the second one's reservation stays.
        shard.Truncate(file, 110, flags: TruncateFlags.Opened | TruncateFlags.Update);
        shard.End(chunk, file, 0, 110);
        Assert.Equal(115ul, shard.Truncate(file, 1, flags: reserve).PreviousLength);
        shard.End(chunk, file, 0, 116);
        Assert.Null(shard.State.AppendReservations.Get(file));

        shard.Truncate(file, 1, flags: reserve);
        shard.Truncate(file, 0);
        Assert.Equal(0ul, shard.Truncate(file, 1, flags: reserve).PreviousLength);
    }

    [Fact]
    public void A_repeated_reservation_gets_the_first_answer()
    {
        const TruncateFlags reserve = TruncateFlags.Opened | TruncateFlags.Update | TruncateFlags.Reserve;
        SetLength Repeated(ulong request, bool first) => new(file, reserve, 10, false, Shard.User())
        {
            Stamp = new RequestStamp(1, 4, request, 99, first),
        };

        Assert.Equal(0ul, shard.Run<LengthReply>(Repeated(1UL << 32, true)).PreviousLength);
        Assert.Equal(0ul, shard.Run<LengthReply>(Repeated(2UL << 32, true)).PreviousLength);
        Assert.Equal(10ul, shard.Run<LengthReply>(Repeated((2UL << 32) + 1, false)).PreviousLength);
    }

    [Fact]
    public void Rights_are_checked_unless_the_file_is_open()
    {
        var user = Shard.User(uid: 7);
        var secret = shard.MakeFile(1, "secret", mode: 0x100);

        Assert.Equal(StatusCode.EAcces, shard.Status(new SetLength(secret, 0, 10, false, user)));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(secret, TruncateFlags.Opened, 10, false, user)));
        Assert.Equal(StatusCode.ERofs, shard.Status(new SetLength(file, 0, 10, false, Shard.User(flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetLength(1, 0, 10, false, Shard.User())));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new SetLength(99, 0, 10, false, Shard.User())));
        Assert.Equal(StatusCode.IndexTooBig, shard.Status(new SetLength(file, 0, (1UL << 57) + 1, false, Shard.User())));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, 0, 1UL << 57, false, Shard.User())));
        Assert.Equal(StatusCode.IndexTooBig, shard.Status(new SetLength(file, TruncateFlags.Reserve | TruncateFlags.Opened, ulong.MaxValue, false, Shard.User())));
    }

    [Fact]
    public void Disabled_operations_are_told_apart_by_direction()
    {
        shard.Truncate(file, 100);
        var noShrink = Shard.User(disables: DisabledOperations.Truncate);
        var noGrow = Shard.User(disables: DisabledOperations.SetLength);
        var noWrite = Shard.User(disables: DisabledOperations.Write);

        Assert.Equal(StatusCode.EPerm, shard.Status(new SetLength(file, 0, 99, false, noShrink)));
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetLength(file, 0, 101, false, noGrow)));
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetLength(file, TruncateFlags.Update, 101, false, noWrite)));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, 0, 101, false, noShrink)));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, 0, 100, false, noGrow)));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, 0, 99, false, noWrite)));
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class LengthTests
{
    private readonly Shard shard = new();
    private readonly Caller alice = Shard.User(uid: 10);

    [Fact]
    public void A_truncate_sets_length_times_and_totals()
    {
        var file = shard.MakeFile(1, "f", caller: alice);
        shard.Now += 5;
        var reply = shard.Run<LengthReply>(new SetLength(file, TruncateFlags.None, 1000, false, alice));
        Assert.Equal((0ul, 1000ul, 1000ul, shard.Now), (reply.PreviousLength, reply.Length, reply.Attributes.Length, reply.Attributes.ModificationTime));
        Assert.Equal(1000, shard.State.Totals.Require(1).Length);
        reply = shard.Run<LengthReply>(new SetLength(file, TruncateFlags.None, 10, false, alice));
        Assert.Equal((1000ul, 10L), (reply.PreviousLength, shard.State.Totals.Require(1).Length));
    }

    [Fact]
    public void Times_stay_when_the_length_does_and_the_client_asks_for_it()
    {
        var file = shard.MakeFile(1, "f");
        shard.Now += 5;
        shard.Run(new SetLength(file, TruncateFlags.TimeFix, 0, false, alice));
        Assert.Equal(Shard.Begin, shard.Inode(file).ModificationTime);
        shard.Run(new SetLength(file, TruncateFlags.None, 0, false, alice));
        Assert.Equal(shard.Now, shard.Inode(file).ModificationTime);
    }

    [Fact]
    public void An_update_only_extends_and_leaves_times()
    {
        var file = shard.MakeFile(1, "f");
        shard.Now += 5;
        var update = new SetLength(file, TruncateFlags.Update | TruncateFlags.Opened, 500, false, alice);
        shard.Run(update);
        Assert.Equal((500ul, Shard.Begin), (shard.Inode(file).Length, shard.Inode(file).ModificationTime));
        Assert.NotNull(shard.Processor.AnswerWithoutChange(update, new OperationContext(shard.Now)));
        shard.Run(update with { Length = 100 });
        Assert.Equal(500ul, shard.Inode(file).Length);
        Assert.Null(shard.Processor.AnswerWithoutChange(update with { Length = 501 }, new OperationContext(shard.Now)));
    }

    [Fact]
    public void Reservations_move_the_virtual_end_until_a_truncate()
    {
        var file = shard.MakeFile(1, "f");
        shard.Run(new SetLength(file, TruncateFlags.None, 100, false, alice));
        const TruncateFlags Reserve = TruncateFlags.Reserve | TruncateFlags.Update | TruncateFlags.Opened;
        Assert.Equal(100ul, shard.Run<LengthReply>(new SetLength(file, Reserve, 10, false, alice)).PreviousLength);
        Assert.Equal(110ul, shard.Run<LengthReply>(new SetLength(file, Reserve, 5, false, alice)).PreviousLength);
        Assert.Equal(100ul, shard.Inode(file).Length);
        Assert.Equal(115ul, shard.State.AppendReservations.Require(file).End);
        shard.Run(new SetLength(file, TruncateFlags.None, 50, false, alice));
        Assert.Equal(50ul, shard.Run<LengthReply>(new SetLength(file, Reserve, 1, false, alice)).PreviousLength);
        Assert.Equal(StatusCode.IndexTooBig, shard.Status(new SetLength(file, Reserve, ulong.MaxValue, false, alice)));
    }

    [Fact]
    public void A_new_end_inside_a_chunk_waits_until_the_chunk_is_cut()
    {
        var file = FileWithChunks(3);
        var cut = new SetLength(file, TruncateFlags.None, (1ul << 26) + 70_000, false, alice);
        Assert.Equal(StatusCode.Delayed, shard.Status(cut));
        Assert.Equal(3u << 26, shard.Inode(file).Length);
        shard.Run(cut with { IsCut = true });
        var inode = shard.Inode(file);
        Assert.Equal((2u, 2u, (1ul << 26) + 70_000), (inode.ChunkSlots, inode.ChunkCount, inode.Length));
        Assert.Equal([103UL], shard.State.OrphanChunks.All().Select(o => o.Key));
        Assert.Equal((64L << 20) + 131_072 + 16_384, shard.State.Totals.Require(1).Size);
        Assert.Equal(2 * shard.State.Totals.Require(1).Size, shard.State.Totals.Require(1).RealSize);
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_new_end_between_chunks_or_in_a_hole_needs_no_cut()
    {
        var file = FileWithChunks(2);
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, TruncateFlags.None, (5ul << 26) + 9, false, alice)));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, TruncateFlags.None, (4ul << 26) + 1, false, alice)));
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, TruncateFlags.None, 1ul << 26, false, alice)));
        Assert.Equal(1u, shard.Inode(file).ChunkSlots);
        Assert.Equal(StatusCode.Ok, shard.Status(new SetLength(file, TruncateFlags.None, 0, false, alice)));
        Assert.Equal((0u, 0ul), (shard.Inode(file).ChunkSlots, shard.Inode(file).FirstChunk));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Refusals()
    {
        var file = shard.MakeFile(1, "f", 0x124, alice);
        var directory = shard.MakeDirectory(1, "d");
        Assert.Equal(StatusCode.EAcces, Truncate(file, alice));
        Assert.Equal(StatusCode.Ok, Truncate(file, alice, TruncateFlags.Opened));
        Assert.Equal(StatusCode.ERofs, Truncate(file, alice with { SessionFlags = SessionFlags.ReadOnly }));
        Assert.Equal(StatusCode.EPerm, Truncate(directory, Shard.User()));
        Assert.Equal(StatusCode.ENoEnt, Truncate(999, Shard.User()));
        Assert.Equal(StatusCode.IndexTooBig, Truncate(file, Shard.User(), length: (1ul << 57) + 1));
        Assert.Equal(StatusCode.Ok, Truncate(file, Shard.User(), length: 1ul << 57));
        shard.Set(file, ExtraAttributes.AppendOnly);
        Assert.Equal(StatusCode.EPerm, Truncate(file, Shard.User()));
        Assert.Equal(StatusCode.Ok, Truncate(file, Shard.User(), TruncateFlags.Update));
        shard.Set(file, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, Truncate(file, Shard.User(), TruncateFlags.Update));
    }

    [Theory]
    [InlineData(DisabledOperations.Truncate, TruncateFlags.None, 50, StatusCode.EPerm)]
    [InlineData(DisabledOperations.Truncate, TruncateFlags.None, 200, StatusCode.Ok)]
    [InlineData(DisabledOperations.SetLength, TruncateFlags.None, 200, StatusCode.EPerm)]
    [InlineData(DisabledOperations.SetLength, TruncateFlags.None, 50, StatusCode.Ok)]
    [InlineData(DisabledOperations.SetLength | DisabledOperations.Truncate, TruncateFlags.None, 100, StatusCode.EPerm)]
    [InlineData(DisabledOperations.SetLength | DisabledOperations.Truncate, TruncateFlags.Update, 200, StatusCode.Ok)]
    [InlineData(DisabledOperations.Write, TruncateFlags.Update, 200, StatusCode.EPerm)]
    [InlineData(DisabledOperations.Write, TruncateFlags.None, 200, StatusCode.Ok)]
    public void Exports_forbid_shrinking_growing_and_writing(DisabledOperations disables, TruncateFlags flags, int length, StatusCode expected)
    {
        var file = shard.MakeFile(1, "f");
        shard.Run(new SetLength(file, TruncateFlags.None, 100, false, Shard.User()));
        Assert.Equal(expected, shard.Status(new SetLength(file, flags, (ulong)length, false, Shard.User(disables: disables))));
    }

    private StatusCode Truncate(uint inode, Caller caller, TruncateFlags flags = TruncateFlags.None, ulong length = 10) =>
        shard.Status(new SetLength(inode, flags, length, false, caller));

    private uint FileWithChunks(uint count)
    {
        var file = shard.MakeFile(1, "f");
        var inode = shard.Inode(file);
        var before = shard.State.Contribution(file, inode);
        for (uint i = 0; i < count; i++)
        {
            shard.State.Chunks.Set(101 + i, new Chunk { Version = 1, StorageClass = 2, References = 1 });
            inode = shard.State.WithChunkAt(file, inode, i, 101 + i);
        }

        shard.State.ReplaceFile(file, shard.Inode(file), inode with { Length = (ulong)count << 26 }, before);
        shard.State.Commit(success: true);
        return file;
    }
}

using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Chunks;

public sealed class AppendSliceTests
{
    private const ulong Size = ChunkShard.ChunkSize;
    private readonly Shard shard = new();
    private readonly uint source;
    private readonly uint target;
    private readonly ulong[] chunks;

    public AppendSliceTests()
    {
        source = shard.MakeFile(1, "source");
        target = shard.MakeFile(1, "target");
        chunks = [.. Enumerable.Range(0, 4).Select(i => shard.WriteChunk(source, (uint)i, ((ulong)i * Size) + 100))];
    }

    [Fact]
    public void The_whole_file_is_appended_at_a_chunk_boundary()
    {
        shard.WriteChunk(target, 0, 10);
        shard.Now += 5;

        var reply = shard.Append(target, source);

        Assert.Equal((4 * Size) + 100, reply.Length);
        Assert.Equal(chunks, Enumerable.Range(1, 4).Select(i => shard.Slot(target, (uint)i).Chunk!.Id));
        Assert.Equal((shard.Now, shard.Now, shard.Now), (shard.Inode(target).ModificationTime, shard.Inode(target).AccessTime, shard.Inode(source).AccessTime));
        Assert.NotEqual(shard.Now, shard.Inode(target).ChangeTime);
    }

    [Theory]
    [InlineData(1, 3, 0, 1, 3)]
    [InlineData(1, 99, 0, 1, 4)]
    [InlineData(2, 1, AppendSliceFlags.FromIsNegative | AppendSliceFlags.ToIsNegative, 2, 3)]
    [InlineData(99, 1, AppendSliceFlags.FromIsNegative | AppendSliceFlags.ToIsNegative, 0, 3)]
    [InlineData(0, 9, AppendSliceFlags.ToIsNegative, 0, 0)]
    [InlineData(3, 3, 0, 0, 0)]
    [InlineData(4, 9, 0, 0, 0)]
    public void Bounds_count_chunks_from_both_ends(uint from, uint to, AppendSliceFlags flags, int first, int end)
    {
        var length = shard.Append(target, source, from, to, flags).Length;

        Assert.Equal(chunks[first..end], shard.State.ChunksOf(target, shard.Inode(target), 0, ulong.MaxValue).Select(static c => c.Chunk));
        Assert.Equal(first == end ? 0 : Math.Min((ulong)end * Size, (3 * Size) + 100) - ((ulong)first * Size), length);
    }

    [Fact]
    public void Who_may_not_is_refused()
    {
        var user = Shard.User(uid: 7);
        var unreadable = shard.MakeFile(1, "unreadable", mode: 0x80);

        Assert.Equal(StatusCode.EInval, shard.Status(ChunkShard.Appending(target, target)));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(ChunkShard.Appending(target, 99)));
        Assert.Equal(StatusCode.EPerm, shard.Status(ChunkShard.Appending(target, 1)));
        Assert.Equal(StatusCode.EPerm, shard.Status(ChunkShard.Appending(1, source)));
        Assert.Equal(StatusCode.EAcces, shard.Status(ChunkShard.Appending(target, unreadable, caller: user)));
        Assert.Equal(StatusCode.EAcces, shard.Status(ChunkShard.Appending(unreadable, source, caller: user)));
        Assert.Equal(StatusCode.ERofs, shard.Status(ChunkShard.Appending(target, source, caller: Shard.User(flags: SessionFlags.ReadOnly))));
        Assert.Equal(StatusCode.EPerm, shard.Status(ChunkShard.Appending(target, source, caller: Shard.User(disables: DisabledOperations.AppendChunks))));
    }

    [Fact]
    public void A_slice_of_an_empty_file_is_nothing()
    {
        var empty = shard.MakeFile(1, "empty");
        Assert.Equal(0ul, shard.Append(target, empty).Length);
    }

    [Fact]
    public void A_file_may_not_become_too_long()
    {
        shard.Truncate(target, 1UL << 57);
        Assert.Equal(StatusCode.IndexTooBig, shard.Status(ChunkShard.Appending(target, source)));
    }
}

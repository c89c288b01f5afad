using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Chunks;

public sealed class CondemnTests
{
    private readonly Shard shard = new();
    private readonly uint file;

    public CondemnTests() => file = shard.MakeFile(1, "f");

    [Fact]
    public void Only_chunks_that_nobody_refers_to_are_condemned()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        Assert.Empty(shard.Run<ChunksReply>(new CondemnChunks([chunk, 4711])).Chunks);
        Assert.False(shard.Chunk(chunk).Condemned);
    }

    [Fact]
    public void Condemned_copies_are_remembered_until_they_are_gone()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        var version = shard.Chunk(chunk).Version;
        Assert.Empty(shard.Run<ChunksReply>(new CondemnCopies([new(chunk, version + 1, [3])])).Chunks);
        shard.Run<ChunksReply>(new CondemnCopies([new(chunk, version, [3])]));
        shard.Run<ChunksReply>(new CondemnCopies([new(chunk, version, [2, 3])]));
        Assert.Equal([2, 3], shard.Chunk(chunk).CondemnedAt);
        shard.Run<CountReply>(new ForgetCopies([new(chunk, 0, [3])]));
        Assert.Equal([2], shard.Chunk(chunk).CondemnedAt);
        shard.Run<CountReply>(new ForgetCopies([new(chunk, 0, [2])]));
        Assert.Null(shard.Chunk(chunk).CondemnedAt);
    }

    [Fact]
    public void Copies_of_a_locked_chunk_are_not_condemned()
    {
        var begun = shard.Begin(file, 0);
        Assert.Empty(shard.Run<ChunksReply>(new CondemnCopies([new(begun.Chunk, begun.Version, [1])])).Chunks);
    }

    [Fact]
    public void Write_that_does_not_know_of_condemned_copies_looks_again()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        var begin = shard.WriteOf(file, 0, null, SeenCopies.Good, ChunkOperationFlags.None);
        shard.Run<ChunksReply>(new CondemnCopies([new(chunk, shard.Chunk(chunk).Version, [3])]));
        Assert.Equal(StatusCode.Mismatch, shard.Execute(begin).Status);
        Assert.Equal(StatusCode.Ok, shard.Execute(begin with { SeenCondemned = 1 }).Status);
    }

    [Fact]
    public void Chunk_that_a_failing_copy_may_fall_back_on_is_not_condemned()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        var other = shard.MakeFile(1, "other");
        shard.Append(other, file, 0, 1);
        var begun = shard.Begin(file, 0);
        Assert.NotEqual(chunk, begun.Chunk);
        shard.Run<InodeReply>(new RemoveFile(1, new Name("other"), Shard.User()));
        if (shard.State.Inodes.Get(other) is { } trash)
        {
            shard.State.Purge(other, trash, shard.Now);
            shard.State.Commit(success: true);
        }

        Assert.Empty(shard.Run<ChunksReply>(new CondemnChunks([chunk])).Chunks);
        shard.Run(new AbandonWrite(file, 0, begun.Chunk, begun.Version, 1));
        Assert.Equal(chunk, shard.Slot(file, 0).Chunk?.Id);
        Assert.Equal(1u, shard.Chunk(chunk).References);
    }

    [Fact]
    public void Released_and_reclassed_chunks_are_named_to_the_supervisor()
    {
        var chunk = shard.WriteChunk(file, 0, 10);
        shard.Run<InodeReply>(new RemoveFile(1, new Name("f"), Shard.User()));
        if (shard.State.Inodes.Get(file) is { } trash)
        {
            shard.State.Purge(file, trash, shard.Now);
            shard.State.Commit(success: true);
        }

        Assert.Contains(chunk, shard.State.TouchedChunks);
    }
}

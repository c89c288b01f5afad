using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Chunks;

public sealed class FileChunkTests
{
    private const ulong Size = ChunkShard.ChunkSize;
    private readonly Shard shard = new();
    private readonly uint file;
    private readonly ulong[] chunks;

    public FileChunkTests()
    {
        file = shard.MakeFile(1, "f");
        chunks = [shard.WriteChunk(file, 0, 1), shard.WriteChunk(file, 64, (64 * Size) + 1), shard.WriteChunk(file, 65, (65 * Size) + 1)];
    }

    [Fact]
    public void Chunks_are_listed_without_holes_in_pages()
    {
        var first = shard.Run<FileChunksReply>(new ListFileChunks(file, 0, 2, Shard.User()));
        Assert.Equal((66u, (65 * Size) + 1, 65u), (first.Slots, first.FileLength, first.Next));
        Assert.Equal([(0u, chunks[0], (uint)Size + 8192), (64u, chunks[1], (uint)Size + 8192)], first.Chunks.Select(static c => (c.Index, c.Chunk, c.Size)));
        var second = shard.Run<FileChunksReply>(new ListFileChunks(file, first.Next, 2, Shard.User()));
        Assert.Equal((65u, 65536u + 8192, 0u), (second.Chunks.Single().Index, second.Chunks.Single().Size, second.Next));
        Assert.Equal(StatusCode.EPerm, shard.Status(new ListFileChunks(1, 0, 2, Shard.User())));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new ListFileChunks(99, 0, 2, Shard.User())));
    }

    [Fact]
    public void Node_info_pages_through_children_and_chunks()
    {
        shard.MakeFile(1, "g");
        shard.MakeFile(1, "h");
        var all = shard.Run<NodeInfoReply>(new GetNodeInfo(1, 100, 0, Shard.User()));
        Assert.Equal((3, 0ul), (all.Children.Length, all.Next));
        var first = shard.Run<NodeInfoReply>(new GetNodeInfo(1, 2, 0, Shard.User()));
        var second = shard.Run<NodeInfoReply>(new GetNodeInfo(1, 2, first.Next, Shard.User()));
        Assert.Equal(all.Children, first.Children.Concat(second.Children));

        var part = shard.Run<NodeInfoReply>(new GetNodeInfo(file, 2, 0, Shard.User()));
        Assert.Equal((NodeType.File, 65ul, (65 * Size) + 1), (part.Type, part.Next, part.Length));
        Assert.Equal([new NodeChunk(chunks[2], 65536 + 8192)], shard.Run<NodeInfoReply>(new GetNodeInfo(file, 2, part.Next, Shard.User())).Chunks);
        Assert.Equal(0ul, shard.Run<NodeInfoReply>(new GetNodeInfo(file, 2, part.Next, Shard.User())).Next);
    }

    [Fact]
    public void Archiving_is_counted_by_chunk_and_file()
    {
        var other = shard.MakeFile(1, "g", caller: Shard.User(uid: 5));
        shard.WriteChunk(other, 0, 1);
        var set = shard.Run<ChangeCountsReply>(new SetArchive(1, true, null, Shard.User(uid: 5)));
        Assert.Equal((1ul, 0ul, 1u), (set.Changed, set.NotChanged, set.NotPermitted));
        shard.WriteChunk(other, 1, Size + 1);

        var counted = shard.Run<ArchiveReply>(new GetArchive(1, null, Shard.User()));
        Assert.Equal((1ul, 4ul), (counted.ArchivedChunks, counted.OtherChunks));
        Assert.Equal((0u, 1u, 1u), (counted.ArchivedFiles, counted.PartlyArchivedFiles, counted.OtherFiles));
        Assert.Null(counted.Next);
        Assert.Empty(counted.Elsewhere);
        Assert.Equal(StatusCode.EPerm, shard.Status(new SetArchive(file, true, null, Shard.User(uid: 5))));
        Assert.Equal((1ul, 1ul), shard.Run<ChangeCountsReply>(new SetArchive(other, false, null, Shard.User())) is var cleared ? (cleared.Changed, cleared.NotChanged) : default);
    }

    [Fact]
    public void A_chunk_is_repaired_or_given_up()
    {
        shard.Now += 5;
        shard.Run(Repair(64, chunks[1], 1, 7));
        Assert.Equal((7u, shard.Now), (shard.Chunk(chunks[1]).Version, shard.Inode(file).ModificationTime));
        Assert.Equal(StatusCode.Mismatch, shard.Status(Repair(64, chunks[1], 1, 8)));
        Assert.Equal(StatusCode.Mismatch, shard.Status(Repair(65, chunks[1], 7, 8)));
        shard.Run(Repair(65, chunks[2], 1, 0));
        Assert.Equal((65u, 2u), (shard.Inode(file).ChunkSlots, shard.Inode(file).ChunkCount));
        Assert.Equal([chunks[2]], shard.Orphans());
        Assert.Equal(StatusCode.Mismatch, shard.Status(Repair(65, 0, 0, 0)));
        Audit.Check(shard.State);
    }

    private RepairChunk Repair(uint index, ulong chunk, uint seen, uint version) =>
        new() { Inode = file, Index = index, SeenChunk = chunk, SeenVersion = seen, Version = version, Caller = Shard.User() };
}

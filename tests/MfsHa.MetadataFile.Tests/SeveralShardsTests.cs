using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.MetadataFile.Tests;

/// <summary>A file is read into the first of several shards, whose numbers it takes; a backup is read so that nothing that was given out after it is given out again.</summary>
public sealed class SeveralShardsTests
{
    private const int Shards = 3;

    [Fact]
    public void What_was_imported_is_all_in_the_first_shard_and_is_written_again_as_it_was()
    {
        var cluster = Populated();
        var (shards, system, report) = Read(cluster.Write(MetadataFormat.Version4), new ImportOptions(cluster.Shard.Now));
        Assert.Equal(Enumerable.Range(0, Shards).Select(static s => (ushort)s), shards.Select(static s => s.Layout!.Shard));
        Assert.All(shards, s => Assert.Equal((Shards, system.Cluster!.Imported), (s.Layout!.Count, s.Layout.Imported)));
        Assert.Equal(report.Inodes, shards[0].Inodes.All().Count());
        Assert.All(shards[0].Inodes.All(), i => Assert.True(shards[0].Layout!.Owns(i.Key)));
        Assert.All(shards[0].Chunks.All(), c => Assert.True(shards[0].Layout!.OwnsChunk(c.Key)));
        Assert.All(shards.Skip(1), static s => Assert.Empty(s.Inodes.All()));
        Assert.All(shards, s => Assert.Equal(1, s.Position.Index));
        var again = SmallCluster.Read(SmallCluster.Write(shards, system, cluster.Shard.Now, MetadataFormat.Version4, 1000), cluster.Shard.Now);
        Assert.Equal(WithoutCounters(cluster.Shard.State, cluster.System), WithoutCounters(again.Shard, again.System));
    }

    [Fact]
    public void New_numbers_and_edge_ids_of_all_shards_are_their_own()
    {
        var cluster = Populated();
        var (shards, _, _) = Read(cluster.Write(MetadataFormat.Version4), new ImportOptions(cluster.Shard.Now));
        var lowest = shards[0].Edges.All().Min(static e => e.Key.Edge);
        var inodes = new HashSet<uint>(shards[0].Inodes.All().Select(static i => i.Key));
        foreach (var shard in shards)
        {
            var layout = shard.Layout!;
            Assert.Equal(layout.Shard, layout.ShardOf(shard.Counters.NextInode));
            Assert.True(layout.OwnsChunk(shard.Counters.NextChunk));
            Assert.True(shard.Counters.NextEdge < lowest);
            Assert.Equal(shards.Length, shards.Select(static s => s.Counters.NextEdge % Shards).Distinct().Count());
            var number = shard.Counters.NextInode;
            for (var i = 0; i < 200_000; i++)
            {
                Assert.True(inodes.Add(number), $"inode {number} is given out twice");
                Assert.True(layout.Owns(number), $"inode {number} is not that of shard {layout.Shard}");
                number = layout.Following(number);
            }
        }
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(1u, 1u)]
    [InlineData(5u, 2u)]
    [InlineData(6u, 3u)]
    public void Stand_ins_and_first_numbers_are_those_of_their_shards(uint inodes, uint chunks)
    {
        for (ushort count = 2; count <= ShardLayout.MaxCount; count++)
        {
            for (ushort shard = 0; shard < count; shard++)
            {
                var layout = new ShardLayout(shard, count, new ImportedRanges(inodes, chunks));
                Assert.Equal(shard, layout.ShardOf(ShardLayout.StandIn(shard, count, 1)));
                Assert.Equal(shard, layout.ShardOf(layout.FirstInode));
                Assert.True(layout.OwnsChunk(layout.FirstChunk));
                Assert.True(inodes == 0 || layout.FirstInode >= inodes << 16);
            }
        }
    }

    [Fact]
    public void Quotas_are_the_first_shards()
    {
        var cluster = Populated();
        cluster.Shard.State.SetQuota(NamespaceState.RootInode, new Metadata.Quotas.QuotaRecord(QuotaFlags.SoftInodes, 1, false, 0, Amounts(5), Amounts(0)));
        cluster.Shard.State.Commit(success: true);
        var (shards, _, report) = Read(cluster.Write(MetadataFormat.Version4), new ImportOptions(cluster.Shard.Now));
        Assert.Empty(report.Losses);
        Assert.Equal(5u, shards[0].Quotas.Require(NamespaceState.RootInode).Soft.Inodes);
        Assert.All(shards.Skip(1), static s => Assert.False(s.HasQuotas));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Shards)]
    public void A_restore_gives_no_number_out_again_and_holds_deletions_until_released(int count)
    {
        var cluster = Populated();
        var file = cluster.Write(MetadataFormat.Version4);
        var (imported, importedSystem, _) = Read(file, new ImportOptions(cluster.Shard.Now), count);
        var (restored, system, _) = Read(file, new ImportOptions(cluster.Shard.Now, IsRestore: true), count);
        Assert.Equal(imported[0].Counters.NextInode + (1u << 20), restored[0].Counters.NextInode);
        Assert.Equal(imported[0].Counters.NextChunk + 1_000_000_000, restored[0].Counters.NextChunk);
        Assert.Equal(importedSystem.Cluster!.NextSession + (1u << 16), system.Cluster!.NextSession);
        Assert.Empty(restored[0].RecycledInodes.All());
        Assert.Equal(
            imported[0].RecycledInodes.All().SelectMany(static b => b.Value.Inodes).Concat(imported[0].Freed.All().Select(static f => f.Key.Inode)).Order(),
            restored[0].Freed.All().Select(static f => f.Key.Inode).Order());
        Assert.All(imported, static s => Assert.False(s.DeletionsAreHeld));
        foreach (var shard in restored)
        {
            AssertHeldUntilReleased(shard, cluster.Shard.Now);
        }
    }

    private static void AssertHeldUntilReleased(NamespaceState shard, uint now)
    {
        var processor = new CommandProcessor(shard);
        var context = new OperationContext(now);
        var id = shard.Counters.NextChunk;
        Assert.Equal(1, ((CountReply)processor.Execute(new AdoptUnknownChunks([new ReportedChunk(id, 1)]), context)).Count);
        var late = new OperationContext(now + AdoptUnknownChunks.KeepSeconds + 1);
        Assert.Equal(StatusCode.Locked, processor.Execute(new CheckDeletions(), context).Status);
        Assert.Empty(((ChunksReply)processor.Execute(new CondemnChunks([id]), late)).Chunks);
        if (shard.Chunks.All().FirstOrDefault(static c => c.Value.References > 0) is { Value: { } used } referred)
        {
            Assert.Empty(((ChunksReply)processor.Execute(new CondemnCopies([new ChunkCopies(referred.Key, used.Version, [1])]), late)).Chunks);
        }

        Assert.Equal(StatusCode.Ok, processor.Execute(new ReleaseDeletions(), context).Status);
        Assert.Equal(StatusCode.Ok, processor.Execute(new CheckDeletions(), context).Status);
        Assert.Single(((ChunksReply)processor.Execute(new CondemnChunks([id]), late)).Chunks);
    }

    private static Metadata.Quotas.QuotaAmounts Amounts(uint inodes) => new(inodes, 0, 0, 0);

    private static string WithoutCounters(NamespaceState shard, SystemState system) =>
        string.Join('\n', SameState.Describe(shard, system).Split('\n').Where(static l => !l.StartsWith("counters", StringComparison.Ordinal)));

    private static SmallCluster Populated()
    {
        var cluster = new SmallCluster();
        var shard = cluster.Shard;
        for (var i = 0; i < 10; i++)
        {
            var directory = shard.MakeDirectory(1, $"d{i}");
            for (var j = 0; j < 10; j++)
            {
                shard.MakeFile(directory, $"f{j}");
            }

            shard.Run(new RemoveFile(directory, new Name("f3"), Shard.User()));
        }

        var file = shard.MakeFile(1, "with a chunk");
        var state = shard.State;
        state.Chunks.Set(1, new Chunk { Version = 1, StorageClass = 2, References = 0 });
        state.OrphanChunks.Set(1, Present.Value);
        var inode = shard.Inode(file);
        var before = state.Contribution(file, inode);
        state.AddReference(1, inode.StorageClass);
        state.ReplaceFile(file, inode, state.WithChunkAt(file, inode, 0, 1) with { Length = 5 }, before);
        state.Counters = state.Counters with { NextChunk = 2, Chunks = 1 };
        state.Commit(success: true);
        shard.Write();
        return cluster;
    }

    private static (NamespaceState[] Shards, SystemState System, MetadataReport Report) Read(byte[] file, ImportOptions options, int count = Shards)
    {
        var first = new MemoryStore();
        NamespaceState[] shards = [.. Enumerable.Range(1, count).Select(g => new NamespaceState(g == 1 ? first : new MemoryStore(), (ushort)g, 1000))];
        var system = new SystemState(new MemoryStore());
        var report = MetadataFileReader.Read(new MemoryStream(file), SmallCluster.Places(shards, first, system), id => SmallCluster.Form(id) with { Shards = (ushort)count }, options, CancellationToken.None);
        return (shards, system, report);
    }
}

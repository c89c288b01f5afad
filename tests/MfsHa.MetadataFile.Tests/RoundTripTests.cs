using CsCheck;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Properties;
using MfsHa.Metadata.Tests.Support;

namespace MfsHa.MetadataFile.Tests;

public sealed class RoundTripTests
{
    private static readonly Gen<(List<RandomOperation> Operations, int Seed, int Piece)> Case =
        Gen.Select(RandomOperation.Generator.List[1, 120], Gen.Int[0, 1000], Gen.Int[1, 3000]);

    [Fact]
    public void A_state_written_for_3_and_read_again_is_the_same() => RoundTrip(MetadataFormat.Version3);

    [Fact]
    public void A_state_written_for_4_and_read_again_is_the_same() => RoundTrip(MetadataFormat.Version4);

    [Fact]
    public void The_size_of_pieces_does_not_change_the_file() => Case.Sample(
        static c =>
        {
            var cluster = Make(c.Operations, c.Seed, MetadataFormat.Version4);
            Assert.Equal(cluster.Write(MetadataFormat.Version4, int.MaxValue), cluster.Write(MetadataFormat.Version4, c.Piece));
        },
        iter: 100);

    [Fact]
    public void What_a_write_may_fall_back_on_is_locked_only_when_no_file_refers_to_it()
    {
        // The same chunk twice: a snapshot's, of which a write has made a copy, and one that nobody refers to any more.
        var cluster = new SmallCluster();
        var state = cluster.Shard.State;
        var file = cluster.Shard.MakeFile(1, "snapshot");
        var until = cluster.Shard.Now + 300;
        foreach (var id in (ulong[])[1, 2])
        {
            state.Chunks.Set(id, new Chunk { Version = 1, StorageClass = 2, References = 0, KeptUntil = until });
            state.OrphanChunks.Set(id, Present.Value);
        }

        var inode = cluster.Shard.Inode(file);
        var before = state.Contribution(file, inode);
        state.AddReference(1, inode.StorageClass);
        state.ReplaceFile(file, inode, state.WithChunkAt(file, inode, 0, 1) with { Length = 5 }, before);
        state.Counters = state.Counters with { NextChunk = 3, Chunks = 2 };
        state.Commit(success: true);
        var (read, _, _) = SmallCluster.Read(cluster.Write(MetadataFormat.Version3), cluster.Shard.Now);
        Assert.Equal((0u, until), (read.Chunks.Require(1).LockedUntil, read.Chunks.Require(2).LockedUntil));
    }

    private static void RoundTrip(MetadataFormat format) => Case.Sample(
        c =>
        {
            var cluster = Make(c.Operations, c.Seed, format);
            var file = cluster.Write(format, c.Piece);
            var (shard, system, report) = SmallCluster.Read(file, cluster.Shard.Now);
            Audit.Check(shard);
            Assert.Equal(SameState.Describe(cluster.Shard.State, cluster.System), SameState.Describe(shard, system));
            Assert.Equal(0, report.LossCount);
        },
        iter: 300);

    internal static SmallCluster Make(IEnumerable<RandomOperation> operations, int seed, MetadataFormat format)
    {
        var cluster = new SmallCluster();
        foreach (var operation in operations)
        {
            operation.ExecuteOn(cluster.Shard);
        }

        Enrichment.Apply(cluster.Shard.State, seed, format == MetadataFormat.Version3);
        cluster.Shard.Write();
        return cluster;
    }
}

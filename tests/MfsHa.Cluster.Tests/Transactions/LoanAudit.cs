using MfsHa.Metadata.State;
using Xunit;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>
/// Chunks of all shards together: every file has the content that it has in one shard, and every chunk is referred to as often as it is counted, by files of its own shard and by others
/// that have borrowed it.
/// </summary>
internal static class LoanAudit
{
    /// <param name="shards">All shards.</param>
    /// <param name="reference">The one that does the same.</param>
    /// <param name="isAtRest">True when the shards have told each other everything.</param>
    public static void Check(NamespaceState[] shards, Reference reference, bool isAtRest)
    {
        Assert.Equal(
            reference.State.Inodes.All().SelectMany(i => reference.State.ChunksOf(i.Key, i.Value, 0, ulong.MaxValue).Select(s => (i.Key, s.Index, s.Chunk))).Order(),
            shards.SelectMany(s => s.Inodes.All().SelectMany(i => s.ChunksOf(i.Key, i.Value, 0, ulong.MaxValue).Select(c => (reference.Of(i.Key), c.Index, reference.Chunks[c.Chunk])))).Order());
        foreach (var shard in shards)
        {
            var slots = shard.Inodes.All().SelectMany(i => shard.ChunksOf(i.Key, i.Value, 0, ulong.MaxValue)).CountBy(static s => s.Chunk).ToDictionary();
            CheckOwn(shard, slots);
            foreach (var (chunk, loan) in shard.Loans.All())
            {
                var owner = shards[shard.Layout!.ShardOfChunk(chunk)];
                Assert.Equal((uint)slots.GetValueOrDefault(chunk), loan.References);
                var lent = owner.Lent.Get((shard.Layout.Shard, chunk));
                Assert.True(lent is not null, $"shard {shard.Layout.Shard} has borrowed chunk {chunk:X}, and shard {owner.Layout!.Shard} does not know it");
                if (isAtRest && loan.References > 0)
                {
                    Assert.Equal(loan.StorageClass, lent.StorageClass);
                }
            }

            Assert.All(slots.Keys, c => Assert.True(shard.Layout!.OwnsChunk(c) || shard.Loans.Contains(c), $"a file of shard {shard.Layout!.Shard} has chunk {c:X}, which is not borrowed"));
            Assert.All(shard.Lent.All(), l => Assert.True(!isAtRest || shards[l.Key.Borrower].Loans.Contains(l.Key.Chunk), $"chunk {l.Key.Chunk:X} is lent to shard {l.Key.Borrower} for ever"));
        }
    }

    private static void CheckOwn(NamespaceState shard, Dictionary<ulong, int> slots)
    {
        var lent = shard.Lent.All().CountBy(static l => l.Key.Chunk).ToDictionary();
        foreach (var (chunk, record) in shard.Chunks.All())
        {
            Assert.True(shard.Layout!.OwnsChunk(chunk));
            Assert.Equal((uint)(slots.GetValueOrDefault(chunk) + lent.GetValueOrDefault(chunk)), record.References);
            Assert.Equal(record.References == 0, shard.OrphanChunks.Contains(chunk));
        }
    }
}

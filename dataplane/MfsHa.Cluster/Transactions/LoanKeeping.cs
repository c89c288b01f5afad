using MfsHa.Metadata.Sharding;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// Gives borrowed chunks back to the shards that own them, and tells these of changed storage classes (docs/transactions.md). At a shard's leader; every step may be repeated or cut off
/// anywhere.
/// </summary>
public sealed class LoanKeeping(ITransactionShard shard, IShardCalls calls)
{
    private const int Limit = 1024;

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        if (shard.Layout is not { } layout || !HasWork())
        {
            return;
        }

        await shard.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        var (_, unused) = shard.LoanNews(Limit);
        if (unused.Count > 0)
        {
            await shard.ProposeAsync(new ReturnLoans([.. unused]), cancellation).ConfigureAwait(false);
        }

        foreach (var of in shard.LoanNews(Limit).Words.GroupBy(w => layout.ShardOfChunk(w.Chunk)).OrderBy(static g => g.Key))
        {
            LoanWord[] words = [.. of];
            var heard = await calls.ExecuteAsync(of.Key, new TakeLoanNews(layout.Shard, words), cancellation).ConfigureAwait(false);

            // A shard that lends chunks just now hears it at a later pass.
            if (heard.Status == StatusCode.Ok)
            {
                await shard.ProposeAsync(new LoanNewsTold(words), cancellation).ConfigureAwait(false);
            }
        }
    }

    private bool HasWork() => shard.LoanNews(1) is var (words, unused) && words.Count + unused.Count > 0;
}

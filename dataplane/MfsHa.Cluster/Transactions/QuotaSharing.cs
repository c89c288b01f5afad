using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Quotas;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// Tells other shards of this one's quotas and asks them which of theirs bind here (docs/transactions.md). At a shard's leader; what it remembers is only what spares
/// repetitions, so another leader begins anew.
/// </summary>
public sealed class QuotaSharing(ITransactionShard shard, IShardCalls calls, ICoordinatorClock clock)
{
    /// <summary>How often usage is told and chains are asked for again, milliseconds.</summary>
    public const int Interval = 500;

    /// <summary>What has not changed is told again after so long, milliseconds: what another shard was told may have been lost with a restored copy of it.</summary>
    private const int RepeatedAfter = 60_000;

    private QuotaBoard told = QuotaBoard.Empty;
    private long toldAt = long.MinValue / 2;
    private bool everTold;
    private long passed = long.MinValue / 2;

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        if (shard.Layout is not { } layout || clock.Milliseconds - passed < Interval || !IsUsed(out _))
        {
            return;
        }

        passed = clock.Milliseconds;
        await shard.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        await TellAsync(always: false, cancellation).ConfigureAwait(false);
        await RefreshAsync(layout, cancellation).ConfigureAwait(false);
    }

    /// <summary>Tells all other shards at once; returns when they know.</summary>
    public Task TellAsync(CancellationToken cancellation) => TellAsync(always: true, cancellation);

    /// <summary>Asks other shards which quotas bind below their directories, and notes the answers in this shard's state.</summary>
    public async Task LearnAsync(IEnumerable<uint> directories, CancellationToken cancellation)
    {
        var layout = shard.Layout!;
        var learnt = new List<QuotaChain>();
        foreach (var of in directories.Distinct().GroupBy(layout.ShardOf).OrderBy(static g => g.Key))
        {
            if (await calls.ExecuteAsync(of.Key, new GetQuotaChains([.. of]), cancellation).ConfigureAwait(false) is QuotaChainsReply found)
            {
                learnt.AddRange(found.Chains);
            }
        }

        if (learnt.Count > 0)
        {
            await shard.ProposeAsync(new TakeQuotaChains([.. learnt]), cancellation).ConfigureAwait(false);
        }
    }

    private bool IsUsed(out QuotaBoard board)
    {
        (board, var everUsed) = shard.Answer(new GetQuotaBoard(), []).Reply is QuotaBoardReply reply ? (reply.Board, reply.EverUsed) : (QuotaBoard.Empty, false);
        return everUsed;
    }

    private async Task TellAsync(bool always, CancellationToken cancellation)
    {
        if (shard.Layout is not { } layout || !IsUsed(out var board))
        {
            return;
        }

        // A shard that has never had a quota, as far as this leader knows, need not say so.
        var isNews = !board.SaysSame(told) || (!everTold && board.Quotas.Length > 0) || clock.Milliseconds - toldAt > RepeatedAfter;
        if (!always && !isNews)
        {
            return;
        }

        // Two of these may meet: who is told takes the later word, and an earlier one that is noted here only means that the later one is told again.
        var others = Enumerable.Range(0, layout.Count).Where(s => s != layout.Shard);
        await Task.WhenAll(others.Select(s => calls.ExecuteAsync((ushort)s, new TakeQuotaBoard(layout.Shard, board), cancellation).AsTask())).ConfigureAwait(false);
        (told, toldAt, everTold) = (board, clock.Milliseconds, true);
    }

    // Directories are moved, and then other quotas bind below them.
    private async Task RefreshAsync(ShardLayout layout, CancellationToken cancellation)
    {
        for (uint after = 0; ;)
        {
            if (shard.Answer(new GetKnownQuotaChains(after), []).Reply is not QuotaChainsReply { Chains: { Length: > 0 } known })
            {
                return;
            }

            var changed = new List<QuotaChain>();
            foreach (var of in known.GroupBy(c => layout.ShardOf(c.Directory)).OrderBy(static g => g.Key))
            {
                if (await calls.ExecuteAsync(of.Key, new GetQuotaChains([.. of.Select(static c => c.Directory)]), cancellation).ConfigureAwait(false) is QuotaChainsReply found)
                {
                    var before = of.ToDictionary(static c => c.Directory);
                    changed.AddRange(found.Chains.Where(c => !c.SaysSame(before[c.Directory])));
                }
            }

            if (changed.Count > 0)
            {
                await shard.ProposeAsync(new TakeQuotaChains([.. changed]), cancellation).ConfigureAwait(false);
            }

            after = known[^1].Directory;
        }
    }
}

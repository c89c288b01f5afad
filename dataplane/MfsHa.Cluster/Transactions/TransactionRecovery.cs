using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// Brings transactions to their end whose coordinator has died, and reports totals, loans and quotas between shards. A loop of every shard's leader; whatever it does may be
/// repeated or cut off anywhere.
/// </summary>
public sealed class TransactionRecovery(ITransactionShard shard, TransactionCoordinator coordinator, IShardCalls calls, ICoordinatorClock clock, TransactionMetrics? metrics = null)
{
    /// <summary>How old a promise or a decision is before others than its coordinator care, milliseconds.</summary>
    public const int Patience = 500;

    private const int ForgetAfter = 1000;
    private const int Limit = 1024;
    private readonly LoanKeeping loans = new(shard, calls);
    private Dictionary<TransactionId, long> seen = [];

    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        await SettleAsync(cancellation).ConfigureAwait(false);
        await loans.PassAsync(cancellation).ConfigureAwait(false);
        await coordinator.Quotas.PassAsync(cancellation).ConfigureAwait(false);
    }

    private async Task SettleAsync(CancellationToken cancellation)
    {
        if (shard.Layout is not { } layout)
        {
            return;
        }

        var open = shard.Open(Limit);
        if (open.Prepared.Count + open.Decided.Count + open.Finished.Count + shard.Reports(1).Objects.Count == 0)
        {
            seen = [];
            return;
        }

        await coordinator.ForgetFinishedAsync().ConfigureAwait(false);
        await shard.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        open = shard.Open(Limit);
        var now = clock.Milliseconds;
        var still = open.Prepared.Concat(open.Decided.Select(static d => d.Id)).Concat(open.Finished).ToHashSet();
        seen = still.ToDictionary(static id => id, id => seen.GetValueOrDefault(id, now));
        foreach (var (id, effects) in open.Decided.Where(d => !coordinator.IsRunning(d.Id)))
        {
            foreach (var effect in effects)
            {
                await calls.ExecuteAsync(effect.Shard, new FinishTransaction(id, effect), cancellation).ConfigureAwait(false);
            }

            await shard.ProposeAsync(new ForgetTransactions([id], []), cancellation).ConfigureAwait(false);
            metrics?.Recovered();
        }

        foreach (var id in open.Prepared.Where(id => now - seen[id] >= Patience))
        {
            if (await calls.ExecuteAsync((ushort)id.Coordinator, new ResolveTransaction(id, layout.Shard), cancellation).ConfigureAwait(false) is OutcomeReply outcome)
            {
                await coordinator.Participant.FinishAsync(new FinishTransaction(id, outcome.Effects), cancellation).ConfigureAwait(false);
                metrics?.Recovered();
            }
        }

        await ForgetAsync([.. open.Finished.Where(id => now - seen[id] >= ForgetAfter)], cancellation).ConfigureAwait(false);
        await ReportAsync(layout, cancellation).ConfigureAwait(false);
    }

    private async Task ForgetAsync(TransactionId[] finished, CancellationToken cancellation)
    {
        foreach (var of in finished.GroupBy(static id => (ushort)id.Coordinator).OrderBy(static g => g.Key))
        {
            if (await calls.ExecuteAsync(of.Key, new FindDecisions([.. of]), cancellation).ConfigureAwait(false) is TransactionIdsReply known)
            {
                TransactionId[] gone = [.. of.Except(known.Ids)];
                if (gone.Length > 0)
                {
                    await shard.ProposeAsync(new ForgetTransactions([], gone), cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task ReportAsync(ShardLayout layout, CancellationToken cancellation)
    {
        var due = shard.Reports(Limit);
        if (due.Objects.Count == 0)
        {
            return;
        }

        var untold = new HashSet<uint>();
        var reports = due.Objects.SelectMany(o => o.Entries.Select(e => (Shard: layout.ShardOf(e.Parent), Totals: new EntryTotals(o.Number, e.Edge, new TotalsReport(due.Index, o.Totals)))));
        foreach (var to in reports.GroupBy(static r => r.Shard, static r => r.Totals).OrderBy(static g => g.Key))
        {
            EntryTotals[] told = [.. to];
            var reply = await calls.ExecuteAsync(to.Key, new TakeTotals(told), cancellation).ConfigureAwait(false);
            var taken = reply is InodesReply { Inodes: var inodes } ? inodes : [];

            // An entry that is not there is about to be, or has just gone: asked again at the next pass.
            untold.UnionWith(told.Select(static t => t.Number).Where(n => taken.Count(t => t == n) < told.Count(t => t.Number == n)));
        }

        uint[] done = [.. due.Objects.Select(static o => o.Number).Where(n => !untold.Contains(n))];
        if (done.Length > 0)
        {
            await shard.ProposeAsync(new TotalsReported(done, due.Index), cancellation).ConfigureAwait(false);
        }
    }
}

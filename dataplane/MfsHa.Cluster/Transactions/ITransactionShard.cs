using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;

namespace MfsHa.Cluster.Transactions;

/// <summary>
/// One shard at its leader, as transactions see it. Methods that go through the log throw <see cref="Consensus.NotLeaderException"/> (ambiguous for commands)
/// and <see cref="Consensus.ProposalRejectedException"/> (nothing was done).
/// </summary>
public interface ITransactionShard
{
    /// <summary>Which shard of how many; null when it is the only one, or not formatted yet.</summary>
    ShardLayout? Layout { get; }

    /// <summary>Puts a command through the shard's log.</summary>
    ValueTask<Reply> ProposeAsync(Command command, CancellationToken cancellation);

    /// <summary>Waits until what is read from now on is at least as new as now.</summary>
    ValueTask ReadBarrierAsync(CancellationToken cancellation);

    /// <summary>Answers a query from the state as it is.</summary>
    (Reply Reply, long Index) Answer(Query query, IReadOnlyCollection<ShardRecords> records);

    /// <summary>Tries a command out.</summary>
    (TransactionPlan Plan, uint Now) Plan(Command command, IReadOnlyCollection<ShardRecords> records, IReadOnlyList<OuterPath> paths);

    /// <summary>The first of these that another transaction holds in a way that excludes this one; null if there is none. As the state is here, which may be old.</summary>
    UnitLock? WhichIsHeld(TransactionId id, UnitLock[] locks);

    /// <summary>What a transaction holds, as the state is here.</summary>
    IReadOnlyList<UnitLock> LocksOf(TransactionId id);

    /// <summary>What transactions have left to be done.</summary>
    OpenTransactions Open(int limit);

    /// <summary>Totals to be reported to other shards.</summary>
    DueReports Reports(int limit);

    /// <summary>What the owners of borrowed chunks have to hear, and what is to be given back.</summary>
    (IReadOnlyList<LoanWord> Words, IReadOnlyList<ulong> Unused) LoanNews(int limit);
}

/// <summary>Calls the leaders of shards, this one or others, and repeats a call through elections until its deadline; every call is idempotent.</summary>
public interface IShardCalls
{
    /// <summary>Executes an operation at a shard.</summary>
    ValueTask<Reply> ExecuteAsync(ushort shard, Operation operation, CancellationToken cancellation);
}

/// <summary>Time and chance of a transaction's coordinator.</summary>
public interface ICoordinatorClock
{
    /// <summary>Milliseconds that only grow.</summary>
    long Milliseconds { get; }

    /// <summary>A number for a transaction, never 0.</summary>
    ulong NewNumber();

    /// <summary>Waits about so long: some random part of it is added.</summary>
    ValueTask PauseAsync(int milliseconds, CancellationToken cancellation);

    /// <summary>Waits until something has happened, but not longer.</summary>
    ValueTask WaitAsync(Task happened, int milliseconds, CancellationToken cancellation);
}

/// <summary>Transactions of which a shard has records.</summary>
/// <param name="Prepared">Promised here.</param>
/// <param name="Decided">Decided here and not finished everywhere.</param>
/// <param name="Finished">Carried out here.</param>
public sealed record OpenTransactions(
    IReadOnlyList<TransactionId> Prepared, IReadOnlyList<(TransactionId Id, ShardEffects[] Effects)> Decided, IReadOnlyList<TransactionId> Finished)
{
    /// <summary>Reads up to <paramref name="limit"/> of each.</summary>
    public static OpenTransactions Of(NamespaceState state, int limit) => new(
        state.PreparedTransactions(limit), state.DecidedTransactions(limit), state.FinishedTransactions(limit));
}

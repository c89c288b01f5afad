using System.Security.Cryptography;
using MfsHa.Cluster.Formats;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Tracing;
using MfsHa.Consensus;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;

namespace MfsHa.Cluster.Transactions;

/// <summary>A shard's replica and log at this node, as its transactions see them.</summary>
public sealed class ShardAtLeader(IShardLog log, NamespaceReplica replica, TimeProvider clock) : ITransactionShard, ICoordinatorClock
{
    private readonly long begin = clock.GetTimestamp();

    /// <inheritdoc/>
    public ShardLayout? Layout => replica.Layout;

    /// <inheritdoc/>
    public long Milliseconds => (long)clock.GetElapsedTime(begin).TotalMilliseconds;

    /// <inheritdoc/>
    public async ValueTask<Reply> ProposeAsync(Command command, CancellationToken cancellation)
    {
        using var activity = Traces.BeginProposal(log.Group, command);
        return (Reply)await log.ProposeAsync(LogForm.Of(command, log.Group, replica.Formats.Level), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask ReadBarrierAsync(CancellationToken cancellation) => log.ReadBarrierAsync(cancellation);

    /// <inheritdoc/>
    public (Reply Reply, long Index) Answer(Query query, IReadOnlyCollection<ShardRecords> records) => replica.Answer(query, records);

    /// <inheritdoc/>
    public (TransactionPlan Plan, uint Now) Plan(Command command, IReadOnlyCollection<ShardRecords> records, IReadOnlyList<OuterPath> paths) =>
        replica.Plan(command, records, paths);

    /// <inheritdoc/>
    public UnitLock? WhichIsHeld(TransactionId id, UnitLock[] locks) => replica.Read((id, locks), static (state, a, _) => state.WhichIsHeld(a.id, a.locks));

    /// <inheritdoc/>
    public IReadOnlyList<UnitLock> LocksOf(TransactionId id) => replica.Read(id, static (state, a, _) => state.LocksOf(a));

    /// <inheritdoc/>
    public OpenTransactions Open(int limit) => replica.Read(limit, static (state, most, _) => OpenTransactions.Of(state, most));

    /// <inheritdoc/>
    public DueReports Reports(int limit) => replica.Read(limit, static (state, most, _) => DueReports.Of(state, most));

    /// <inheritdoc/>
    public (IReadOnlyList<LoanWord> Words, IReadOnlyList<ulong> Unused) LoanNews(int limit) =>
        replica.Read(limit, static (state, most, now) => state.DueLoanNews(most, now));

    /// <inheritdoc/>
    public ulong NewNumber()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) | 1;
    }

    /// <inheritdoc/>
    public async ValueTask PauseAsync(int milliseconds, CancellationToken cancellation) =>
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds + RandomNumberGenerator.GetInt32(milliseconds + 1)), clock, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask WaitAsync(Task happened, int milliseconds, CancellationToken cancellation)
    {
        try
        {
            await happened.WaitAsync(TimeSpan.FromMilliseconds(milliseconds), clock, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Long enough.
        }
    }
}

using MfsHa.Cluster.Tests.Hosting;
using MfsHa.Cluster.Transactions;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using Xunit;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>A client that loses its connection in the middle of a transaction does not make others wait for what that holds.</summary>
public sealed class AbandonedCallerTests : IShardCalls
{
    private static readonly Caller Caller = Callers.Root;

    private readonly LoneShard first = new(0);
    private readonly LoneShard second = new(1);
    private readonly TaskCompletionSource asked = new();
    private readonly TaskCompletionSource answering = new();
    private readonly TaskCompletionSource finished = new();

    [Fact]
    public async Task Transaction_is_brought_to_its_end_when_its_caller_has_gone()
    {
        first.Run(new FormatNamespace(2));
        var coordinator = new TransactionCoordinator(first, this, first);
        var make = new MakeDirectory(1, new Name("there"), 0x1FF, 0, false, Caller) { Home = 1 };
        using var connection = new CancellationTokenSource();
        var call = coordinator.ExecuteAsync(make, connection.Token).AsTask();
        await asked.Task;
        await connection.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        answering.SetResult();
        await finished.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Empty(second.State.PreparedTransactions(1));
        Assert.IsType<LookupReply>(first.Answer(new Lookup(1, new Name("there"), Caller), Records()).Reply);
    }

    async ValueTask<Reply> IShardCalls.ExecuteAsync(ushort shard, Operation operation, CancellationToken cancellation)
    {
        if (operation is PrepareTransaction)
        {
            asked.SetResult();
            await answering.Task.WaitAsync(cancellation);
        }

        var reply = second.Run((Command)operation);
        if (operation is FinishTransaction)
        {
            finished.SetResult();
        }

        return reply;
    }

    // What the second shard says about the directory.
    private ShardRecords[] Records()
    {
        var needs = Assert.IsType<ElsewhereReply>(first.Answer(new Lookup(1, new Name("there"), Caller), []).Reply).Needs;
        return [new ShardRecords(1, Assert.IsType<RecordsReply>(second.Answer(new FetchRecords(needs), []).Reply).Answers, [], 0, 0)];
    }

    /// <summary>A shard whose log is committed at once.</summary>
    private sealed class LoneShard : ITransactionShard, ICoordinatorClock
    {
        private static readonly OperationContext Context = new(Simulation.Begin);
        private readonly CommandProcessor processor;
        private ulong last;

        public LoneShard(ushort number)
        {
            State = new NamespaceState(new MemoryStore(), (ushort)(number + 1), hotEntries: 1000);
            processor = new CommandProcessor(State);
            Run(new FormatShard(new ShardLayout(number, 2)));
        }

        public NamespaceState State { get; }

        public ShardLayout? Layout => State.Layout;

        public long Milliseconds => 0;

        public Reply Run(Command command) => processor.Execute(command, Context);

        public ValueTask<Reply> ProposeAsync(Command command, CancellationToken cancellation) => ValueTask.FromResult(Run(command));

        public ValueTask ReadBarrierAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public (Reply Reply, long Index) Answer(Query query, IReadOnlyCollection<ShardRecords> records) => (processor.Execute(query, records, Context), State.Position.Index);

        public (TransactionPlan Plan, uint Now) Plan(Command command, IReadOnlyCollection<ShardRecords> records, IReadOnlyList<OuterPath> paths) =>
            (processor.Plan(command, records, paths, Context), Context.Now);

        public OpenTransactions Open(int limit) => OpenTransactions.Of(State, limit);

        public DueReports Reports(int limit) => DueReports.Of(State, limit);

        public (IReadOnlyList<LoanWord> Words, IReadOnlyList<ulong> Unused) LoanNews(int limit) => State.DueLoanNews(limit, Context.Now);

        public ulong NewNumber() => ++last;

        public UnitLock? WhichIsHeld(TransactionId id, UnitLock[] locks) => State.WhichIsHeld(id, locks);

        public IReadOnlyList<UnitLock> LocksOf(TransactionId id) => State.LocksOf(id);

        public ValueTask WaitAsync(Task happened, int milliseconds, CancellationToken cancellation) => PauseAsync(milliseconds, cancellation);

        public ValueTask PauseAsync(int milliseconds, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}

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

/// <summary>Several shards in one place, whose logs are committed at once and whose leaders never die: for what transactions do, not for how they survive.</summary>
internal sealed class ShardBench : IShardCalls
{
    private const uint Begin = 1_700_000_000;
    private readonly BenchShard[] shards;

    public ShardBench(ushort count)
    {
        shards = [.. Enumerable.Range(0, count).Select(i => new BenchShard(this, (ushort)i, count))];
        shards[0].Run(new FormatNamespace(2));
    }

    /// <summary>Milliseconds of the clock that all have.</summary>
    public long Milliseconds { get; set; }

    /// <summary>What happens before a shard's leader is asked for something.</summary>
    public Func<ushort, Operation, Task>? Before { get; set; }

    /// <summary>What happens while somebody waits for something to be let go.</summary>
    public Func<Task>? WhileWaiting { get; set; }

    public uint Seconds => Begin + (uint)(Milliseconds / 1000);

    public NamespaceState State(int shard) => shards[shard].State;

    public NamespaceState StateOf(uint inode) => State(ShardLayout.ShardOf(inode, shards.Length));

    public async Task<TReply> RunAsync<TReply>(Operation operation)
        where TReply : Reply => Assert.IsType<TReply>(await ExecuteAsync(ShardLayout.ShardOf(operation.RoutingInode, shards.Length), operation, TestContext.Current.CancellationToken));

    public async Task<uint> MakeDirectoryAsync(uint parent, string name, ushort home) =>
        (await RunAsync<NodeReply>(new MakeDirectory(parent, new Name(name), 0x1FF, 0, CopySgid: false, Callers.Root) { Home = home })).Inode;

    public async Task<uint> MakeFileAsync(uint parent, string name) =>
        (await RunAsync<NodeReply>(new MakeNode(parent, new Name(name), Protocol.NodeType.File, 0x1FF, 0, 0, Callers.Root))).Inode;

    /// <summary>Time passes in which shards tell each other what they have to tell; then nothing is left over.</summary>
    public async Task SettleAsync()
    {
        for (var pass = 0; pass < 10; pass++)
        {
            Milliseconds += 600;
            foreach (var shard in shards)
            {
                await shard.Recovery.PassAsync(TestContext.Current.CancellationToken);
            }
        }

        Assert.All(shards, static s => Assert.Equal(0, s.State.TransactionRecords));
    }

    public async ValueTask<Reply> ExecuteAsync(ushort shard, Operation operation, CancellationToken cancellation)
    {
        await (Before?.Invoke(shard, operation) ?? Task.CompletedTask);
        return await shards[shard].Coordinator.ServeAsync(operation, cancellation);
    }

    private sealed class BenchShard : ITransactionShard, ICoordinatorClock
    {
        private readonly ShardBench bench;
        private readonly CommandProcessor processor;
        private ulong last;

        public BenchShard(ShardBench bench, ushort number, ushort count)
        {
            this.bench = bench;
            State = new NamespaceState(new MemoryStore(), (ushort)(number + 1), hotEntries: 1000);
            processor = new CommandProcessor(State);
            Coordinator = new TransactionCoordinator(this, bench, this);
            Recovery = new TransactionRecovery(this, Coordinator, bench, this);
            Run(new FormatShard(new ShardLayout(number, count)));
        }

        public NamespaceState State { get; }

        public TransactionCoordinator Coordinator { get; }

        public TransactionRecovery Recovery { get; }

        public ShardLayout? Layout => State.Layout;

        public long Milliseconds => bench.Milliseconds;

        private OperationContext Context => new(bench.Seconds);

        public Reply Run(Command command)
        {
            var reply = processor.Execute(command, Context);
            State.Advance(new LogPosition(State.Position.Index + 1, 1, bench.Milliseconds));
            return reply;
        }

        public ValueTask<Reply> ProposeAsync(Command command, CancellationToken cancellation) => ValueTask.FromResult(Run(command));

        public ValueTask ReadBarrierAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public (Reply Reply, long Index) Answer(Query query, IReadOnlyCollection<ShardRecords> records) => (processor.Execute(query, records, Context), State.Position.Index);

        public (TransactionPlan Plan, uint Now) Plan(Command command, IReadOnlyCollection<ShardRecords> records, IReadOnlyList<OuterPath> paths) =>
            (processor.Plan(command, records, paths, Context), bench.Seconds);

        public OpenTransactions Open(int limit) => OpenTransactions.Of(State, limit);

        public DueReports Reports(int limit) => DueReports.Of(State, limit);

        public (IReadOnlyList<LoanWord> Words, IReadOnlyList<ulong> Unused) LoanNews(int limit) => State.DueLoanNews(limit, bench.Seconds);

        public ulong NewNumber() => ++last;

        public UnitLock? WhichIsHeld(TransactionId id, UnitLock[] locks) => State.WhichIsHeld(id, locks);

        public IReadOnlyList<UnitLock> LocksOf(TransactionId id) => State.LocksOf(id);

        public async ValueTask WaitAsync(Task happened, int milliseconds, CancellationToken cancellation)
        {
            await (bench.WhileWaiting?.Invoke() ?? Task.CompletedTask);
            await PauseAsync(milliseconds, cancellation);
        }

        public ValueTask PauseAsync(int milliseconds, CancellationToken cancellation)
        {
            bench.Milliseconds += milliseconds;
            return ValueTask.CompletedTask;
        }
    }
}

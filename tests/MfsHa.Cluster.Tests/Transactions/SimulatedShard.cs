using MemoryPack;
using MfsHa.Cluster.Transactions;
using MfsHa.Consensus;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Metadata.Trash;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Tests.Transactions;

/// <summary>
/// A shard: its log survives everything, its state only as far as it was written; what its leader was doing dies with it. The replies of a leader that has
/// died go nowhere.
/// </summary>
internal class SimulatedShard(Simulation simulation, ushort number, ushort count)
{
    private readonly List<(byte[] Command, long Milliseconds)> log = [];
    private readonly MemoryStore store = new();
    private readonly SimulatedFence fence = new();
    private CommandProcessor processor = null!;

    public ushort Number => number;

    public NamespaceState State { get; private set; } = null!;

    public int Epoch { get; private set; }

    public bool IsUp { get; private set; }

    public TransactionCoordinator Coordinator { get; private set; } = null!;

    public TransactionRecovery Recovery { get; private set; } = null!;

    public void Start()
    {
        Open();
        Append(new FormatShard(new ShardLayout(number, count)));
        if (number == 0)
        {
            Append(new FormatNamespace(2));
        }
    }

    /// <summary>Where the commands of a cut end, and in which leader's time.</summary>
    public SimulatedFence Fence => fence;

    /// <summary>Entries of the log.</summary>
    public int LogLength => log.Count;

    /// <summary>The state at an index of the log, apart from everything.</summary>
    public NamespaceState StateAt(int index)
    {
        var state = new NamespaceState(new MemoryStore(), (ushort)(number + 1), hotEntries: 1000);
        var other = new CommandProcessor(state);
        foreach (var (command, milliseconds) in log.Take(index))
        {
            other.Execute((Command)MemoryPackSerializer.Deserialize<Operation>(command)!, new OperationContext((uint)(Simulation.Begin + (milliseconds / 1000))));
            state.Advance(new LogPosition(state.Position.Index + 1, 1, milliseconds));
        }

        return state;
    }

    /// <summary>The leader dies; another one has read the log to its end a while later.</summary>
    public void Crash()
    {
        Epoch++;
        IsUp = false;
        fence.Lose();
        simulation.At(simulation.Random.Next(20, 300), Open);
    }

    /// <summary>What becomes of an operation that has arrived.</summary>
    public virtual ValueTask<Reply> ServeAsync(Operation operation) => Coordinator.ServeAsync(operation, CancellationToken.None);

    protected virtual Reply Apply(Operation operation, uint now) => processor.Execute((Command)operation, new OperationContext(now));

    private void Open()
    {
        IsUp = true;
        State = new NamespaceState(store, (ushort)(number + 1), hotEntries: 1000);
        processor = new CommandProcessor(State);
        for (var i = (int)State.Position.Index; i < log.Count; i++)
        {
            Execute(log[i].Command, log[i].Milliseconds, isNew: false);
        }

        var leader = new Leader(this, simulation, Epoch);
        var metrics = new TransactionMetrics(number);
        Coordinator = new TransactionCoordinator(leader, leader, leader, metrics, TaskCreationOptions.None);
        Recovery = new TransactionRecovery(leader, Coordinator, leader, leader, metrics);
        RunRecovery(Epoch, Recovery);
    }

    private void RunRecovery(int epoch, TransactionRecovery recovery)
    {
        simulation.At(200, () =>
        {
            if (epoch == Epoch)
            {
                _ = PassAsync();
            }
        });

        async Task PassAsync()
        {
            try
            {
                await recovery.PassAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is NotLeaderException or TimeoutException)
            {
                // The next pass tries again.
            }
            catch (Exception e)
            {
                simulation.Fail(e);
            }

            RunRecovery(epoch, recovery);
        }
    }

    private Reply Append(Command command)
    {
        var bytes = MemoryPackSerializer.Serialize<Operation>(command);
        var time = Math.Max(simulation.Now, log.Count == 0 ? 0 : log[^1].Milliseconds);
        log.Add((bytes, time));
        return Execute(bytes, time, isNew: true);
    }

    private Reply Execute(byte[] bytes, long milliseconds, bool isNew)
    {
        var operation = MemoryPackSerializer.Deserialize<Operation>(bytes)!;
        var now = (uint)(Simulation.Begin + (milliseconds / 1000));
        var inner = operation is DecideTransaction decision ? decision.Inner : operation;
        var stamp = ((Command)inner).Stamp;
        var last = stamp is null ? null : State.Replies.Get((stamp.Session, stamp.Message));
        var repeated = last is not null && last.Request >= stamp!.Request;
        var trashPath = inner is UndeleteFile undeleted ? State.Detached.Get(undeleted.Inode)?.Path : null;
        var reply = Apply(operation, now);
        State.Advance(new LogPosition(State.Position.Index + 1, 1, milliseconds));
        if (simulation.Random.Next(20) == 0)
        {
            State.WritePending();
        }

        var answer = reply is DecisionReply decided ? decided.Answer : reply;
        if (isNew && !repeated && last is not null && State.Replies.Get((stamp!.Session, stamp.Message)) is { } remembered && remembered.Request == stamp.Request && ReferenceEquals(remembered.Reply, last.Reply))
        {
            simulation.Replayed(stamp, last.Request);
        }
        else if (isNew && stamp is not null && !repeated && answer is not (HeldReply or ElsewhereReply) && (operation is not DecideTransaction || reply is DecisionReply))
        {
            if (inner is IHandedOver { HandedOver: true } && State.Replies.Get((stamp.Session, stamp.Message))?.Request != stamp.Request)
            {
                // The shard that was asked has answered it before: nothing was executed.
                return reply;
            }

            if (operation is DecideTransaction { Refusal: not null })
            {
                simulation.Refused(stamp, answer);
                return reply;
            }

            simulation.Committed((Command)inner, answer, now, new CommitView(State, (reply as DecisionReply)?.Effects ?? [], trashPath));
        }

        return reply;
    }

    /// <summary>What a leader can do while it lives.</summary>
    private sealed class Leader(SimulatedShard shard, Simulation simulation, int epoch) : ITransactionShard, IShardCalls, ICoordinatorClock
    {
        public ShardLayout? Layout => shard.State.Layout;

        public long Milliseconds => simulation.Now;

        public ulong NewNumber() => (ulong)simulation.Random.NextInt64(1, long.MaxValue);

        public ValueTask PauseAsync(int milliseconds, CancellationToken cancellation) =>
            new(WhenAliveAsync(milliseconds + simulation.Random.Next(milliseconds + 1), static () => true));

        public ValueTask WaitAsync(Task happened, int milliseconds, CancellationToken cancellation)
        {
            var source = new TaskCompletionSource();
            simulation.At(milliseconds, GoOn);
            _ = happened.ContinueWith(_ => simulation.At(simulation.Random.Next(0, 3), GoOn), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return new ValueTask(source.Task);

            void GoOn()
            {
                if (epoch == shard.Epoch)
                {
                    source.TrySetResult();
                }
            }
        }

        public UnitLock? WhichIsHeld(TransactionId id, UnitLock[] locks) => shard.State.WhichIsHeld(id, locks);

        public IReadOnlyList<UnitLock> LocksOf(TransactionId id) => shard.State.LocksOf(id);

        public ValueTask<Reply> ProposeAsync(Command command, CancellationToken cancellation)
        {
            // The command may be committed although its proposer dies before it hears of it.
            var source = new TaskCompletionSource<Reply>();
            var pause = simulation.IsSluggish && command is DecideTransaction && simulation.Random.Next(8) == 0 ? simulation.Random.Next(2 * TransactionRecovery.Patience, 6 * TransactionRecovery.Patience) : 0;
            shard.fence.Pass(() => simulation.At(pause + simulation.Random.Next(1, 6), () =>
            {
                if (epoch != shard.Epoch)
                {
                    return;
                }

                var reply = shard.Append(command);
                shard.fence.Appended(shard.log.Count);
                simulation.At(simulation.Random.Next(0, 3), () =>
                {
                    if (epoch == shard.Epoch)
                    {
                        source.SetResult(reply);
                    }
                });
            }));
            return new ValueTask<Reply>(source.Task);
        }

        public ValueTask ReadBarrierAsync(CancellationToken cancellation) => new(WhenAliveAsync(simulation.Random.Next(0, 2), static () => true));

        public (Reply Reply, long Index) Answer(Query query, IReadOnlyCollection<ShardRecords> records) =>
            (shard.processor.Execute(query, records, new OperationContext(simulation.Seconds)), shard.State.Position.Index);

        public (TransactionPlan Plan, uint Now) Plan(Command command, IReadOnlyCollection<ShardRecords> records, IReadOnlyList<OuterPath> paths) =>
            (shard.processor.Plan(command, records, paths, new OperationContext(simulation.Seconds)), simulation.Seconds);

        public OpenTransactions Open(int limit) => OpenTransactions.Of(shard.State, limit);

        public DueReports Reports(int limit) => DueReports.Of(shard.State, limit);

        public (IReadOnlyList<LoanWord> Words, IReadOnlyList<ulong> Unused) LoanNews(int limit) => shard.State.DueLoanNews(limit, simulation.Seconds);

        public ValueTask<Reply> ExecuteAsync(ushort target, Operation operation, CancellationToken cancellation) =>
            new(simulation.CallAsync(target, operation, () => epoch == shard.Epoch));

        private Task<bool> WhenAliveAsync(int milliseconds, Func<bool> result)
        {
            var source = new TaskCompletionSource<bool>();
            simulation.At(milliseconds, () =>
            {
                if (epoch == shard.Epoch)
                {
                    source.SetResult(result());
                }
            });
            return source.Task;
        }
    }
}

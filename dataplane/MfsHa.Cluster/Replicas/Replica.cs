using MfsHa.Cluster.Status;
using MfsHa.Consensus;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Operations;
using MfsHa.NodeLink.Formats;
using MfsHa.Storage;

namespace MfsHa.Cluster.Replicas;

/// <summary>
/// A group's state on this node under its log: applies entries, answers reads, flushes, ships and receives whole states.
/// One lock makes every applied entry and every read atomic; nothing waits inside it.
/// </summary>
/// <typeparam name="TState">The group's tables.</typeparam>
public abstract class Replica<TState> : IReplicatedStateMachine
    where TState : StateTables
{
    /// <summary>Changed records that may wait in memory before they are written to the store.</summary>
    public const int MaxPendingRecords = 8192;

    private readonly Lock gate = new();
    private readonly GroupStore store;
    private readonly ConsistencyPoints points;
    private readonly TimeProvider clock;
    private readonly List<Guid> marks = [];
    private readonly List<Guid> cuts = [];
    private long durableIndex;
    private long questions;
    private long commands;

    /// <summary>Opens the replica over its records.</summary>
    protected Replica(TState state, GroupStore store, ConsistencyPoints points, TimeProvider clock)
    {
        State = state;
        this.store = store;
        this.points = points;
        this.clock = clock;
        durableIndex = state.Position.Index;
    }

    /// <inheritdoc/>
    public long AppliedIndex
    {
        get
        {
            lock (gate)
            {
                return State.Position.Index;
            }
        }
    }

    /// <inheritdoc/>
    public long DurableIndex => Volatile.Read(ref durableIndex);

    /// <summary>Decoded records in memory (HOT tier) and records that wait to be written.</summary>
    public (int Hot, int Pending) MemoryUse
    {
        get
        {
            lock (gate)
            {
                return (State.CachedCount, State.PendingCount);
            }
        }
    }

    /// <summary>Records that the HOT tier may hold.</summary>
    public long HotLimit => State.CacheLimit;

    /// <summary>What was done with this replica since the process started.</summary>
    public ReplicaCounters Counters
    {
        get
        {
            lock (gate)
            {
                var (lookups, misses) = State.CacheUse;
                return new ReplicaCounters(questions, commands, lookups, lookups - misses);
            }
        }
    }

    /// <summary>Forgets decoded records; nothing is served meanwhile.</summary>
    public void DropCached()
    {
        lock (gate)
        {
            State.DropCached();
        }
    }

    /// <summary>The format levels that this node reads, and the one of its data.</summary>
    public FormatGate Formats { get; init; } = FormatGate.InMemory();

    /// <summary>The tables; only under the lock.</summary>
    protected TState State { get; }

    /// <inheritdoc/>
    public void Apply(in AppliedEntry entry, Span<object?> results)
    {
        lock (gate)
        {
            // The state's clock never goes back, whatever the leaders' clocks did (design.md 13.7).
            var time = Math.Max(entry.UnixMilliseconds, State.Position.UnixMilliseconds);
            for (var i = 0; i < entry.Commands.Count; i++)
            {
                results[i] = ApplyCommand(entry.Commands[i], new OperationContext(Seconds(time), entry.Level), entry.Index);
            }

            commands += entry.Commands.Count;
            State.Advance(new LogPosition(entry.Index, entry.Term, time));
            MarkConsistencyPoints();
            if (State.PendingCount >= MaxPendingRecords)
            {
                State.WritePending();
            }
        }
    }

    /// <summary>Reads under the lock. Linearizable only after the log's read barrier.</summary>
    public TResult Read<TArgument, TResult>(TArgument argument, Func<TState, TArgument, uint, TResult> read)
    {
        lock (gate)
        {
            return read(State, argument, Seconds(Math.Max(clock.GetUtcNow().ToUnixTimeMilliseconds(), State.Position.UnixMilliseconds)));
        }
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        long index;
        lock (gate)
        {
            State.WritePending();
            index = State.Position.Index;
        }

        if (index != DurableIndex)
        {
            await OwnThread.RunAsync(store.Flush, cancellation).ConfigureAwait(false);
            Volatile.Write(ref durableIndex, index);
        }
    }

    /// <inheritdoc/>
    public IStateSnapshot OpenSnapshot()
    {
        lock (gate)
        {
            State.WritePending();
            return store.OpenSnapshot(State.Position);
        }
    }

    /// <inheritdoc/>
    public IStateInstaller BeginInstall(long index, long term) => new Installer(this, store.BeginReplace(), index);

    /// <summary>Applies one command; called under the lock.</summary>
    protected abstract object ApplyCommand(ReadOnlyMemory<byte> command, in OperationContext context, long index);

    /// <summary>Notes that a question of a client is answered; called under the lock.</summary>
    protected void NoteQuestion() => questions++;

    /// <summary>Notes that the entry being applied holds a consistency point; its snapshot is opened when the whole entry is applied.</summary>
    protected void NoteConsistencyPoint(Guid point) => marks.Add(point);

    /// <summary>Notes that the entry being applied holds the mark of a cut; who waits for it gets the state when the whole entry is applied.</summary>
    protected void NoteCut(Guid point) => cuts.Add(point);

    private static uint Seconds(long unixMilliseconds) => (uint)(unixMilliseconds / 1000);

    private void MarkConsistencyPoints()
    {
        foreach (var point in marks)
        {
            points.Mark(point, State.Group, () =>
            {
                State.WritePending();
                return store.OpenSnapshot(State.Position);
            });
            points.Views.Offer(point, State.Group, store.OpenView);
        }

        foreach (var point in cuts)
        {
            points.Views.Offer(point, State.Group, () =>
            {
                State.WritePending();
                return store.OpenView();
            });
        }

        marks.Clear();
        cuts.Clear();
    }

    private void TakeOver(GroupReplacement replacement, long index)
    {
        lock (gate)
        {
            State.WritePending();
            replacement.Complete();
            State.Reload();
            if (State.Position.Index != index)
            {
                throw new InvariantException($"group {State.Group}: a state at index {State.Position.Index} arrived, {index} was announced");
            }

            Volatile.Write(ref durableIndex, index);
        }
    }

    private sealed class Installer(Replica<TState> replica, GroupReplacement replacement, long index) : IStateInstaller
    {
        public ValueTask AddAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            replacement.Add(piece.Span);
            return ValueTask.CompletedTask;
        }

        public async ValueTask CompleteAsync(CancellationToken cancellation) =>
            await OwnThread.RunAsync(() => replica.TakeOver(replacement, index), cancellation).ConfigureAwait(false);

        public ValueTask DisposeAsync()
        {
            replacement.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

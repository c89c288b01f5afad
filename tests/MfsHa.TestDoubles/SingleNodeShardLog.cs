using MfsHa.Consensus;
using MfsHa.Consensus.Commands;
using MfsHa.NodeLink;

namespace MfsHa.TestDoubles;

/// <summary>
/// A group of one node without disk and network, for tests of what lies above consensus. Commands are applied in order, one entry each or several when they
/// come together; results arrive on another thread, as from the real one. Leadership is lost and gained at the test's will.
/// </summary>
public sealed class SingleNodeShardLog : IShardLog
{
    private readonly IReplicatedStateMachine _machine;
    private readonly TimeProvider _time;
    private readonly NodeId _self;
    private readonly object _gate = new();
    private readonly List<Waiting> _queue = [];
    private Outcome _next = Outcome.Executed;
    private bool _running;
    private bool _held;
    private long _index;
    private long _lastTime;
    private Leadership _leadership;

    /// <summary>Makes a group that leads from the start.</summary>
    public SingleNodeShardLog(ushort group, IReplicatedStateMachine machine, TimeProvider? time = null, NodeId? self = null)
    {
        Group = group;
        _machine = machine;
        _time = time ?? TimeProvider.System;
        _self = self ?? new NodeId(1);
        _index = machine.AppliedIndex;
        _leadership = new Leadership(_self, 1, true);
        Members = [new NodeEndPoint(_self, 1)];
    }

    /// <inheritdoc/>
    public event Action<Leadership>? LeadershipChanged;

    private enum Outcome
    {
        Executed,
        ExecutedWithoutAnswer,
        NotExecutedWithoutAnswer,
        Rejected,
    }

    /// <inheritdoc/>
    public ushort Group { get; }

    /// <inheritdoc/>
    public Leadership Leadership
    {
        get
        {
            lock (_gate)
            {
                return _leadership;
            }
        }
    }

    /// <inheritdoc/>
    public long AppliedIndex => _machine.AppliedIndex;

    /// <inheritdoc/>
    public IReadOnlyList<NodeEndPoint> Members { get; private set; }

    /// <summary>The next proposal is executed, but its caller gets <see cref="NotLeaderException"/>.</summary>
    public void LoseNextAnswer() => SetNext(Outcome.ExecutedWithoutAnswer);

    /// <summary>The next proposal is not executed, and its caller gets <see cref="NotLeaderException"/>.</summary>
    public void LoseNextProposal() => SetNext(Outcome.NotExecutedWithoutAnswer);

    /// <summary>The next proposal is refused with <see cref="ProposalRejectedException"/>.</summary>
    public void RejectNextProposal() => SetNext(Outcome.Rejected);

    /// <summary>Takes commands without executing them until <see cref="Release"/>.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _held = true;
        }
    }

    /// <summary>Executes what was held, in one entry.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _held = false;
            Run();
        }
    }

    /// <summary>Another node leads from now on; waiting proposals fail.</summary>
    public void LoseLeadership(NodeId leader)
    {
        List<Waiting> failed;
        Leadership now;
        lock (_gate)
        {
            failed = [.. _queue];
            _queue.Clear();
            now = _leadership = new Leadership(leader, _leadership.Term + 1, false);
        }

        failed.ForEach(w => w.Result.TrySetException(new NotLeaderException(Group, leader)));
        LeadershipChanged?.Invoke(now);
    }

    /// <summary>This node leads again, in a later term.</summary>
    public void GainLeadership()
    {
        Leadership now;
        lock (_gate)
        {
            now = _leadership = new Leadership(_self, _leadership.Term + 1, true);
        }

        LeadershipChanged?.Invoke(now);
    }

    /// <inheritdoc/>
    public ValueTask<object> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_leadership.IsReady)
            {
                throw new ProposalRejectedException(Group, "this node does not lead");
            }

            var outcome = _next;
            _next = Outcome.Executed;
            switch (outcome)
            {
                case Outcome.Rejected:
                    throw new ProposalRejectedException(Group, "as the test wants it");
                case Outcome.NotExecutedWithoutAnswer:
                    return ValueTask.FromException<object>(new NotLeaderException(Group, NodeId.None));
                default:
                    var waiting = new Waiting(command.ToArray(), outcome == Outcome.Executed);
                    _queue.Add(waiting);
                    Run();
                    return new ValueTask<object>(waiting.Result.Task.WaitAsync(cancellation));
            }
        }
    }

    /// <inheritdoc/>
    CommandHold IShardLog.Hold(ReadOnlyMemory<byte> last, TimeSpan limit) => throw new NotSupportedException("a group alone has nobody to be held together with");

    /// <inheritdoc/>
    public ValueTask ReadBarrierAsync(CancellationToken cancellation)
    {
        var now = Leadership;
        return now.IsReady ? ValueTask.CompletedTask : ValueTask.FromException(new NotLeaderException(Group, now.Leader));
    }

    /// <inheritdoc/>
    public bool IsCurrentFollower() => false;

    /// <inheritdoc/>
    public ValueTask ResignAsync(CancellationToken cancellation)
    {
        if (Leadership.IsReady)
        {
            LoseLeadership(NodeId.None);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask HandOverAsync(NodeId to, CancellationToken cancellation) => ResignAsync(cancellation);

    /// <inheritdoc/>
    public Task<bool> AddMemberAsync(NodeEndPoint member, CancellationToken cancellation)
    {
        Members = [.. Members.Append(member).Distinct().OrderBy(m => m.Node)];
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task<bool> RemoveMemberAsync(NodeEndPoint member, CancellationToken cancellation)
    {
        Members = [.. Members.Where(m => !m.Equals(member))];
        return Task.FromResult(true);
    }

    private void SetNext(Outcome outcome)
    {
        lock (_gate)
        {
            _next = outcome;
        }
    }

    // The lock is held.
    private void Run()
    {
        if (_running || _held || _queue.Count == 0)
        {
            return;
        }

        _running = true;
        ThreadPool.UnsafeQueueUserWorkItem(static log => ((SingleNodeShardLog)log!).Apply(), this);
    }

    private void Apply()
    {
        while (true)
        {
            Waiting[] entry;
            AppliedEntry applied;
            lock (_gate)
            {
                if (_queue.Count == 0 || _held)
                {
                    _running = false;
                    return;
                }

                entry = [.. _queue];
                _queue.Clear();
                _lastTime = Math.Max(_lastTime, _time.GetUtcNow().ToUnixTimeMilliseconds());
                applied = new AppliedEntry(++_index, _leadership.Term, _lastTime, [.. entry.Select(w => w.Command)]);
            }

            var results = new object?[entry.Length];
            try
            {
                _machine.Apply(applied, results);
            }
            catch (Exception e)
            {
                foreach (var waiting in entry)
                {
                    waiting.Result.TrySetException(e);
                }

                continue;
            }

            for (var i = 0; i < entry.Length; i++)
            {
                Answer(entry[i], results[i]);
            }
        }
    }

    private void Answer(Waiting waiting, object? result)
    {
        if (!waiting.IsAnswered)
        {
            waiting.Result.TrySetException(new NotLeaderException(Group, NodeId.None));
        }
        else if (result is null)
        {
            waiting.Result.TrySetException(new InvalidOperationException("the state machine gave no result for the command"));
        }
        else
        {
            waiting.Result.TrySetResult(result);
        }
    }

    private sealed record Waiting(ReadOnlyMemory<byte> Command, bool IsAnswered)
    {
        public TaskCompletionSource<object> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

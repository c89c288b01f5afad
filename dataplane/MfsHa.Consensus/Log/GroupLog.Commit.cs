using DotNext.IO.Log;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

// Commit and apply.
internal sealed partial class GroupLog
{
    // A leader's heartbeats come from the loop that commits: while its own disk is slow they must go on.
    private static readonly TimeSpan MaxWaitForOwnDisk = TimeSpan.FromMilliseconds(50);

    private readonly SortedDictionary<long, TaskCompletionSource> _waiting = [];
    private long _commitIndex;
    private long _appliedIndex;

    // After a snapshot DotNext sees the commit index from before it, until the leader shows that it knows of the snapshot: a leader that missed the answer
    // offers one again, and DotNext refuses what is not behind the commit index, for ever.
    private long _commitShown = long.MaxValue;

    /// <summary>Index of the last entry known to be committed.</summary>
    public long CommitIndex => Volatile.Read(ref _commitIndex);

    /// <summary>Index of the last entry that the state machine has applied.</summary>
    public long AppliedIndex => Volatile.Read(ref _appliedIndex);

    long IAuditTrail.LastCommittedEntryIndex
    {
        get
        {
            lock (_gate)
            {
                return Math.Min(_commitIndex, _commitShown);
            }
        }
    }

    async ValueTask<long> IAuditTrail.CommitAsync(long endIndex, CancellationToken token)
    {
        Task? own;
        bool leads;
        if (!TakeRound())
        {
            RoundWanted();
            return 0;
        }

        lock (_gate)
        {
            leads = _leaderTerm == _term;
            endIndex = Math.Min(endIndex, _lastIndex);
            if (!MayCommit(endIndex, leads))
            {
                return 0;
            }

            own = WriteOf(endIndex);
        }

        if (own is not null)
        {
            await WaitForOwnDiskAsync(own, token).ConfigureAwait(false);
        }

        if (leads)
        {
            OwnDiskWasLast(own is { IsCompleted: false });
        }

        return Commit(endIndex, leads);
    }

    ValueTask IAuditTrail.WaitForApplyAsync(CancellationToken token) => WaitForApplyAsync(AppliedIndex + 1, token);

    ValueTask IAuditTrail.WaitForApplyAsync(long index, CancellationToken token) => WaitForApplyAsync(index, token);

    /// <summary>Returns when the state machine has applied an entry. Waiters for the same entry share one task.</summary>
    public new ValueTask WaitForApplyAsync(long index, CancellationToken token)
    {
        lock (_gate)
        {
            if (index <= _appliedIndex)
            {
                return ValueTask.CompletedTask;
            }

            if (!_waiting.TryGetValue(index, out var waiting))
            {
                _waiting.Add(index, waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            return new ValueTask(waiting.Task.WaitAsync(token));
        }
    }

    /// <summary>True when everything in the log is applied; and the last entry then.</summary>
    public bool IsSettled(out (long Index, long Term) last)
    {
        lock (_gate)
        {
            last = (_lastIndex, _lastTerm);
            return _lastIndex == _appliedIndex;
        }
    }

    /// <summary>The leader has said that an entry is committed. False when it is not, or not in this way, in this log.</summary>
    public bool LearnCommitted(long index, long term)
    {
        lock (_gate)
        {
            if (index > _commitIndex)
            {
                if (index > _lastIndex || index > DurableIndex() || TermAt(index) != term)
                {
                    return false;
                }

                Volatile.Write(ref _commitIndex, index);
            }
        }

        Committed();
        return true;
    }

    /// <summary>The next entry to apply, when there is a committed one.</summary>
    public RaftLogEntry? NextToApply()
    {
        lock (_gate)
        {
            return _appliedIndex >= _commitIndex ? null : _cache.Find(_appliedIndex + 1) ?? StoredEntry(_appliedIndex + 1);
        }
    }

    /// <summary>Notes that the state machine has applied the next entry.</summary>
    public void SetApplied(long index)
    {
        lock (_gate)
        {
            Check(index == _appliedIndex + 1 && index <= _commitIndex, $"entry {index} applied after {_appliedIndex}, committed is {_commitIndex}");
            SetAppliedLocked(index);
            _cache.Evict(Math.Min(index, DurableIndex()));
        }
    }

    /// <summary>Fails whoever waits for anything: the group ends here.</summary>
    public void EndWaiting(Exception cause)
    {
        lock (_gate)
        {
            foreach (var waiting in _waiting.Values)
            {
                waiting.TrySetException(cause);
                _ = waiting.Task.Exception; // observed, whether or not anybody still waits
            }

            _waiting.Clear();
            FailBatches(from: 0);
        }
    }

    private void SetAppliedLocked(long index)
    {
        Volatile.Write(ref _appliedIndex, index);
        ForgetConfigurations(i => i <= index);
        while (_waiting.Count > 0)
        {
            var (first, waiting) = _waiting.First();
            if (first > index)
            {
                return;
            }

            _waiting.Remove(first);
            waiting.SetResult();
        }
    }

    // A leader commits only entries of its own term by counting copies (Raft, 5.4.2). DotNext's follower claims this for every append after
    // the first one of any term, so it is decided here.
    private bool MayCommit(long endIndex, bool leads) => endIndex > _commitIndex && (!leads || TermAt(endIndex) == _term);

    private long Commit(long endIndex, bool leads)
    {
        long committed;
        lock (_gate)
        {
            var end = Math.Min(endIndex, Math.Min(_lastIndex, DurableIndex()));
            if (!MayCommit(end, leads))
            {
                return 0;
            }

            committed = end - _commitIndex;
            Volatile.Write(ref _commitIndex, end);
        }

        Committed();
        return committed;
    }

    private async ValueTask WaitForOwnDiskAsync(Task own, CancellationToken token)
    {
        try
        {
            await own.WaitAsync(MaxWaitForOwnDisk, token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The next round commits what is durable then; it begins as soon as there is something.
            _ = own.ContinueWith(
                static (done, log) =>
                {
                    if (done.IsCompletedSuccessfully)
                    {
                        ((GroupLog)log!).RoundWanted();
                    }
                },
                this,
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default);
        }
        catch (IOException)
        {
            // The store has failed and the host stops the node; an exception here would end DotNext's heartbeat loop and leave a leader that does nothing.
        }
    }
}

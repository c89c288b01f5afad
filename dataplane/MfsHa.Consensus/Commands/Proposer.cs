using MfsHa.Consensus.Log;
using MfsHa.Consensus.Reads;
using MfsHa.NodeLink;

namespace MfsHa.Consensus.Commands;

/// <summary>
/// Collects commands into entries. While nothing is under way a command goes out at once; while something is, commands gather, because the library
/// replicates one round at a time and what comes meanwhile fits into one entry of the next round. A round costs the cluster much more than a command, so when
/// several callers were there a moment ago, the next round waits a little for them to come back with their next commands.
/// </summary>
internal sealed class Proposer : IDisposable
{
    private readonly ushort _group;
    private readonly ConsensusOptions _options;
    private readonly GroupCluster _cluster;
    private readonly ReadLeases _leases;
    private readonly Func<Leadership> _leadership;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly ITimer _patience;
    private readonly Lock _gate = new();
    private readonly Queue<ProposalBatch> _sealed = new();
    private ProposalBatch? _open;
    private int _queued;
    private int _inFlight;

    // Commands without an outcome, their most since the last round began, and how many callers are waited for: 1 means nobody.
    private int _unanswered;
    private int _peak;
    private int _expected = 1;
    private bool _isGathering;

    // The last command of a hold is under way, or waits for its turn: nothing goes out beside it, so that it is in the log where it was in the queue.
    private ProposalBatch? _fence;
    private CommandHold? _hold;

    public Proposer(ushort group, ConsensusOptions options, GroupCluster cluster, ReadLeases leases, Func<Leadership> leadership, TimeProvider time, CancellationToken stopping)
    {
        (_group, _options, _cluster, _leases, _leadership, _time, _stopping) = (group, options, cluster, leases, leadership, time, stopping);
        _patience = time.CreateTimer(static proposer => ((Proposer)proposer!).EndGathering(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ValueTask<object> ProposeAsync(ReadOnlySpan<byte> command, CancellationToken cancellation)
    {
        CheckCommand(command, cancellation);
        var proposal = new Proposal(cancellation);
        ProposalBatch? next;
        lock (_gate)
        {
            Enqueue(command, proposal);
            next = TakeNext();
        }

        if (next is not null)
        {
            _ = SendAsync(next);
        }

        return proposal.Task;
    }

    /// <summary>
    /// Proposes a command behind all that wait, and keeps those that come later waiting until <see cref="CommandHold.Release"/> or the limit. So between now and a release
    /// that was in time nothing is proposed, and what the log has up to the command is what was proposed before now.
    /// </summary>
    public CommandHold Hold(ReadOnlySpan<byte> last, TimeSpan limit, CancellationToken cancellation)
    {
        CheckCommand(last, cancellation);
        var proposal = new Proposal(cancellation);
        CommandHold hold;
        ProposalBatch? next;
        lock (_gate)
        {
            if (_hold is not null || _fence is not null)
            {
                throw new ProposalRejectedException(_group, "its commands are held already");
            }

            Enqueue(last, proposal);
            _fence = _open;
            _sealed.Enqueue(_open!);
            _open = null;
            hold = _hold = new CommandHold(_leadership().Term, proposal.Task, _time, limit, EndHold);
            next = TakeNext();
        }

        if (next is not null)
        {
            _ = SendAsync(next);
        }

        return hold;
    }

    public void Dispose() => _patience.Dispose();

    /// <summary>Rejects what waits: this node does not lead any more.</summary>
    public void RejectQueued()
    {
        List<ProposalBatch> rejected;
        lock (_gate)
        {
            rejected = [.. _sealed];
            _sealed.Clear();
            if (_open is { } open)
            {
                rejected.Add(open);
                _open = null;
            }

            _queued = 0;
            _isGathering = false;
            if (_fence is not null && rejected.Contains(_fence))
            {
                _fence = null;
            }

            _hold?.GiveUp();
            _hold = null;
        }

        foreach (var batch in rejected)
        {
            batch.Fail(new ProposalRejectedException(_group, "this node does not lead any more"));
        }
    }

    private void CheckCommand(ReadOnlySpan<byte> command, CancellationToken cancellation)
    {
        if (command.Length > _options.MaxCommandBytes)
        {
            throw new ArgumentException($"a command of {command.Length} bytes, allowed are {_options.MaxCommandBytes}");
        }

        cancellation.ThrowIfCancellationRequested();
        if (!_leadership().IsReady)
        {
            throw new ProposalRejectedException(_group, "this node does not lead");
        }
    }

    // The lock is held.
    private void Enqueue(ReadOnlySpan<byte> command, Proposal proposal)
    {
        if (_queued >= _options.MaxQueuedCommands)
        {
            throw new ProposalRejectedException(_group, $"{_queued} commands wait already");
        }

        if (_open is { } open && !open.HasRoom(command.Length))
        {
            _sealed.Enqueue(open);
            _open = null;
        }

        _open ??= new ProposalBatch(_options.MaxCommandsPerEntry, _options.MaxBytesPerEntry, Ended);
        _open.Add(command, proposal);
        _queued++;
        _peak = Math.Max(_peak, Interlocked.Increment(ref _unanswered));
    }

    // The lock is held.
    private bool MayGoNow()
    {
        if (_fence is not null)
        {
            // What is before the fence goes as always; the fence goes alone, and nothing goes beside it.
            return _sealed.TryPeek(out var first) && _sealed.Contains(_fence) && (first != _fence || _inFlight == 0);
        }

        return _hold is null;
    }

    private void EndHold(CommandHold hold)
    {
        ProposalBatch? next = null;
        lock (_gate)
        {
            if (_hold == hold)
            {
                _hold = null;
                next = TakeNext();
            }
        }

        if (next is not null)
        {
            _ = SendAsync(next);
        }
    }

    // The lock is held.
    private ProposalBatch? TakeNext()
    {
        if (_inFlight >= _options.MaxEntriesInFlight || !MayGoNow())
        {
            return null;
        }

        if (!_sealed.TryDequeue(out var next))
        {
            if (_open is null || (_inFlight > 0 && !_open.IsFull))
            {
                return null;
            }

            if (IsWorthWaiting(_open))
            {
                Gather();
                return null;
            }

            next = _open;
            _open = null;
        }

        _isGathering = false;
        _queued -= next.Count;
        _inFlight++;
        _peak = Volatile.Read(ref _unanswered);
        return next;
    }

    private void Ended(int commands) => Interlocked.Add(ref _unanswered, -commands);

    // Not for the last quarter of them: one caller that has gone would cost every round the whole time.
    private bool IsWorthWaiting(ProposalBatch open) => !open.IsFull && _options.GatherTime > TimeSpan.Zero && open.Count * 4 < _expected * 3;

    private void Gather()
    {
        if (!_isGathering)
        {
            _isGathering = true;
            _patience.Change(_options.GatherTime, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndGathering()
    {
        ProposalBatch? next;
        lock (_gate)
        {
            if (!_isGathering)
            {
                return;
            }

            _isGathering = false;
            _expected = Math.Max(1, _open?.Count ?? 0);
            next = TakeNext();
        }

        if (next is not null)
        {
            _ = SendAsync(next);
        }
    }

    private async Task SendAsync(ProposalBatch batch)
    {
        while (true)
        {
            await ReplicateAsync(batch).ConfigureAwait(false);
            lock (_gate)
            {
                _inFlight--;
                if (batch == _fence)
                {
                    _fence = null;
                }

                _expected = _peak;
                if (TakeNext() is not { } next)
                {
                    return;
                }

                batch = next;
            }
        }
    }

    // Success is told by the apply loop, with the results. Here only what prevents it.
    private async ValueTask ReplicateAsync(ProposalBatch batch)
    {
        var change = _leases.BeginChangeAsync();
        try
        {
            await change.ConfigureAwait(false);
            await _cluster.ReplicateAsync(new CommandEntry(_leadership().Term, batch), _stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            batch.Fail(batch.IsAppended
                ? new NotLeaderException(_group, _leadership().Leader)
                : new ProposalRejectedException(_group, e.Message));
        }
        finally
        {
            _leases.EndChange();
        }
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using MfsHa.Consensus.Commands;
using MfsHa.Consensus.Log;
using MfsHa.Consensus.Membership;
using MfsHa.NodeLink.Formats;
using MfsHa.Storage;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Apply;

/// <summary>
/// The only caller of a group's state machine. Applies committed entries in order, and between two entries runs what else needs the machine.
/// </summary>
internal sealed class ApplyLoop : IAsyncDisposable
{
    private readonly GroupLog _log;
    private readonly IReplicatedStateMachine _machine;
    private readonly GroupConfigurationStorage _members;
    private readonly FormatGate _formats;
    private readonly Action<Exception> _broken;
    private readonly Action<ProposalBatch> _committedHere;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ConcurrentQueue<WorkItem> _work = new();
    private readonly CommandList _commands = new();
    private readonly CancellationTokenSource _stop = new();
    private long _time;
    private Task _loop = Task.CompletedTask;

    /// <param name="log">Where entries come from.</param>
    /// <param name="machine">What applies them.</param>
    /// <param name="members">Takes the entries that change the members.</param>
    /// <param name="formats">The format levels that may be applied.</param>
    /// <param name="committedHere">Told of every batch of this leader that was committed, before its callers are.</param>
    /// <param name="broken">Told when the replica cannot go on.</param>
    public ApplyLoop(
        GroupLog log, IReplicatedStateMachine machine, GroupConfigurationStorage members, FormatGate formats, Action<ProposalBatch> committedHere, Action<Exception> broken)
    {
        _log = log;
        _machine = machine;
        _members = members;
        _formats = formats;
        _committedHere = committedHere;
        _broken = broken;
        _time = log.TimeAt(log.AppliedIndex);
    }

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>There may be something to apply.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Runs something between two entries. A critical one stops the replica when it fails.</summary>
    public async Task<T> RunAsync<T>(Func<IReplicatedStateMachine, ValueTask<T>> action, CancellationToken cancellation, bool isCritical = false)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Enqueue(new WorkItem(
            async machine =>
            {
                try
                {
                    done.TrySetResult(await action(machine).ConfigureAwait(false));
                }
                catch (Exception e)
                {
                    done.TrySetException(e);
                    if (isCritical)
                    {
                        throw;
                    }
                }
            },
            e => done.TrySetException(e)));
        Wake();
        if (_loop.IsCompleted)
        {
            Drop(new ObjectDisposedException(nameof(ApplyLoop)));
        }

        return await done.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _wake.Writer.TryComplete();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Drop(new ObjectDisposedException(nameof(ApplyLoop)));
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                while (_work.TryDequeue(out var item))
                {
                    await item.Run(_machine).ConfigureAwait(false);
                    _time = _log.TimeAt(_log.AppliedIndex); // another state may have been taken over
                }

                if (_log.NextToApply() is { } entry)
                {
                    await ApplyAsync(entry).ConfigureAwait(false);
                }
                else if (_work.IsEmpty && !await _wake.Reader.WaitToReadAsync().ConfigureAwait(false))
                {
                    return;
                }
                else
                {
                    _wake.Reader.TryRead(out _);
                }
            }
        }
        catch (Exception e)
        {
            // Whatever it was: this replica's state is no longer what the log says. It must not answer anything any more.
            _broken(e);
        }
    }

    private ValueTask ApplyAsync(RaftLogEntry entry)
    {
        switch (entry.Kind)
        {
            case RaftEntryKind.Commands:
                ApplyCommands(entry);
                return ValueTask.CompletedTask;
            case RaftEntryKind.Configuration:
                return ApplyMembersAsync(entry);
            default:
                ApplyEmpty(entry);
                return ValueTask.CompletedTask;
        }
    }

    private void ApplyCommands(RaftLogEntry entry)
    {
        if (!CommandEntryFormat.TryParse(entry.Payload, _commands, out var time))
        {
            throw new StorageCorruptException("log", $"entry {entry.Index} of group {_log.Group} is not a list of commands");
        }

        var level = CommandEntryFormat.LevelOf(entry.Payload.Span);
        _formats.Admit(level, $"entry {entry.Index} of group {_log.Group}'s log");
        _time = Math.Max(_time, time);
        var results = new BatchResults(_commands.Count);
        Apply(entry, _commands, results.Values, level);
        _commands.Clear();
        var batch = _log.TakeBatch(entry.Index);
        if (batch is not null)
        {
            _committedHere(batch);
        }

        _log.SetApplied(entry.Index);
        results.HandTo(batch);
    }

    private async ValueTask ApplyMembersAsync(RaftLogEntry entry)
    {
        await _members.ApplyAsync(entry.Payload, entry.Index, _stop.Token).ConfigureAwait(false);
        ApplyEmpty(entry);
    }

    private void ApplyEmpty(RaftLogEntry entry)
    {
        Apply(entry, CommandList.Empty, [], FormatRange.First);
        _log.SetApplied(entry.Index);
    }

    private void Apply(RaftLogEntry entry, CommandList commands, Span<object?> results, byte level)
    {
        _machine.Apply(new AppliedEntry(entry.Index, entry.Term, _time, commands, level), results);
        if (_machine.AppliedIndex != entry.Index)
        {
            throw new ConsensusViolationException(_log.Group, $"the state machine is at {_machine.AppliedIndex} after entry {entry.Index}");
        }
    }

    private void Drop(Exception cause)
    {
        while (_work.TryDequeue(out var item))
        {
            item.Drop(cause);
        }
    }

    private readonly record struct WorkItem(Func<IReplicatedStateMachine, ValueTask> Run, Action<Exception> Drop);
}

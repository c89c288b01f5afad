using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Consensus.Commands;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

// What a leader does: append.
internal sealed partial class GroupLog
{
    // The term in which this node, and so nobody else, has appended as the leader.
    private long _leaderTerm = -1;

    ValueTask<long> IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, CancellationToken token)
    {
        if (entry is CommandEntry commands)
        {
            return new ValueTask<long>(Append(commands));
        }

        return AppendOwnAsync(entry, token);
    }

    /// <summary>The last term in which this node has led; -1 when it has not since the start.</summary>
    public long LeaderTerm => Volatile.Read(ref _leaderTerm);

    /// <summary>The batch that became an entry of this leader, once: for the one who applies it.</summary>
    public ProposalBatch? TakeBatch(long index)
    {
        lock (_gate)
        {
            return _batches.Remove(index, out var batch) ? batch : null;
        }
    }

    private long Append(CommandEntry commands)
    {
        lock (_gate)
        {
            CheckLeads(commands.Term);
            _store.ThrowIfBusy();
            // Time never goes back in a log, whatever the clocks of successive leaders say.
            var time = Math.Max(_lastTime, _time.GetUtcNow().ToUnixTimeMilliseconds());
            var index = Append(commands.Term, RaftEntryKind.Commands, commands.Batch.ToPayload(commands.Term, time, _formats.Level));
            _batches.Add(index, commands.Batch);
            return index;
        }
    }

    private async ValueTask<long> AppendOwnAsync<TEntry>(TEntry entry, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        var payload = await PayloadOfAsync(entry, token).ConfigureAwait(false);
        lock (_gate)
        {
            CheckLeads(entry.Term);
            var isFirst = _leaderTerm != entry.Term;
            var index = Append(entry.Term, entry.IsConfiguration ? RaftEntryKind.Configuration : RaftEntryKind.Empty, payload);
            _ownEntryHidden = isFirst;
            return index;
        }
    }

    private long Append(long term, RaftEntryKind kind, ReadOnlyMemory<byte> payload)
    {
        var entry = new RaftLogEntry(_lastIndex + 1, term, kind, payload);
        var written = Remember(_store.Append(Group, [entry]));
        Added(entry);
        _leaderTerm = term;
        _commitShown = long.MaxValue;
        TrackWrite(entry.Index, written);
        return entry.Index;
    }

    // DotNext appends with the term that the caller read before: a deposed leader would write an entry of its old term behind the new leader's.
    private void CheckLeads(long term)
    {
        if (term != _term)
        {
            throw new StaleTermException(term, _term);
        }
    }

    // Their entries were replaced or are gone: the callers cannot know whether another leader took the commands over.
    private void FailBatches(long from)
    {
        if (_batches.Count == 0)
        {
            return;
        }

        foreach (var index in _batches.Keys.Where(i => i >= from).ToArray())
        {
            _batches.Remove(index, out var batch);
            batch!.Fail(new NotLeaderException(Group, NodeLink.NodeId.None));
        }
    }
}

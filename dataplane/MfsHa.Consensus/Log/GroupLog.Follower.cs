using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Consensus.Commands;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

// What a follower does: take over what the leader sends.
internal sealed partial class GroupLog
{
    private const int MaxReceivedPayload = 256 << 20;

    private (long Index, long Term) _adopted;

    /// <summary>Takes over <see cref="OvertakenConfiguration"/>, if there is one, without waiting until it is applied; set by the group.</summary>
    public Func<CancellationToken, ValueTask> AdoptOvertaken { get; set; } = static _ => ValueTask.CompletedTask;

    /// <summary>Installs a peer's state; set by the group.</summary>
    public Func<ReadOnlyMemory<byte>, long, CancellationToken, ValueTask> Install { get; set; } = static (_, _, _) => throw new InvalidOperationException();

    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
    {
        // Received completely before the lock is taken: the sender's pace must not stop this group's reads.
        var received = entries.RemainingCount > 0 ? await ReceiveAsync(entries, token).ConfigureAwait(false) : [];
        AdmitFormats(received);
        Task written;
        lock (_gate)
        {
            _commitShown = long.MaxValue;
            _ownEntryHidden = false;
            TakeOver(received, startIndex);
            written = _lastWrite;
        }

        await AdoptOvertaken(token).ConfigureAwait(false);

        // Also for an entry that was there already, or none: it, or the term, may still be on its way to the disk, and the answer promises it.
        if (!written.IsCompletedSuccessfully)
        {
            await WaitForDiskAsync(written, token).ConfigureAwait(false);
        }
    }

    ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, long startIndex, CancellationToken token) =>
        entry.IsSnapshot ? InstallAsync(entry, startIndex, token) : throw new NotSupportedException("only snapshots are appended at an index");

    /// <summary>True when the log has this very entry, so that a snapshot which ends with it says nothing new. Then it is also known to be committed.</summary>
    public bool AdoptCommitted(long index, long term)
    {
        lock (_gate)
        {
            if (index > _lastIndex || (index > _commitIndex && TermAt(index) != term))
            {
                return false;
            }

            _adopted = (index, term);

            _commitIndex = Math.Max(_commitIndex, Math.Min(index, DurableIndex()));
        }

        Committed();
        return true;
    }

    // With a disk that is only slow the leader waits. One that stalls must not keep it waiting: some rounds need every member's answer or its absence.
    private async ValueTask WaitForDiskAsync(Task written, CancellationToken token)
    {
        var rest = DiskWatchdog.StallLimit - _store.OldestPending;
        if (rest <= TimeSpan.Zero)
        {
            throw new TimeoutException($"the disk of {_store.Path} stalls");
        }

        await written.WaitAsync(rest, token).ConfigureAwait(false);
    }

    private async ValueTask InstallAsync<TEntry>(TEntry entry, long index, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        var reference = await PayloadOfAsync(entry, token).ConfigureAwait(false);
        await Install(reference, index, token).ConfigureAwait(false);
    }

    // Before anything of them is stored: what is in the log of a data directory is never of a higher level than the directory, and nothing is acknowledged that could not be applied.
    private void AdmitFormats(List<ReceivedEntry> received)
    {
        foreach (var entry in received)
        {
            if (entry.Kind == RaftEntryKind.Commands && CommandEntryFormat.LevelOf(entry.Payload.Span) is > 0 and var level)
            {
                _formats.Admit(level, $"an entry of group {Group}'s log");
            }
        }
    }

    private void TakeOver(List<ReceivedEntry> received, long startIndex)
    {
        var known = received.TakeWhile((entry, i) => Has(startIndex + i, entry.Term)).Count();
        if (known == received.Count)
        {
            return; // a request that came twice or late must not shorten what this follower has acknowledged
        }

        var first = startIndex + known;
        if (first > _lastIndex + 1)
        {
            // the state was installed between DotNext's look at the log and now; the leader tries again
            throw new InvalidOperationException($"entry {first} of group {Group} does not follow {_lastIndex}");
        }

        _store.ThrowIfBusy();
        Check(first > _commitIndex, $"entry {first} of term {received[known].Term} conflicts with a committed one");
        var added = received.Skip(known).Select((entry, i) => new RaftLogEntry(first + i, entry.Term, entry.Kind, entry.Payload)).ToArray();
        CheckTerms(added, TermAt(first - 1));
        var isConflict = first <= _lastIndex;
        var written = Remember(_store.Append(Group, added, isConflict ? first : 0));
        if (isConflict)
        {
            CutTail(first);
        }

        foreach (var entry in added)
        {
            Added(entry);
        }

        TrackWrite(_lastIndex, written);
    }

    private bool Has(long index, long term) => index <= _mark.Index || (index <= _lastIndex && TermAt(index) == term);

    private void CheckTerms(RaftLogEntry[] added, long term)
    {
        foreach (var entry in added)
        {
            Check(entry.Term >= term && entry.Term <= _term, $"entry {entry.Index} of term {entry.Term} behind one of term {term}, in term {_term}");
            term = entry.Term;
        }
    }

    // Only on a real conflict: what is in memory of the replaced entries.
    private void CutTail(long index)
    {
        FailBatches(index);
        var term = TermAt(index - 1);
        ForgetConfigurations(i => i >= index);
        _cache.CutTail(index);
        _sizes.CutTail(index);
        CutPendingWrites(index);
        (_lastIndex, _lastTerm) = (index - 1, term);
    }

    private static async ValueTask<List<ReceivedEntry>> ReceiveAsync<TEntry>(ILogEntryProducer<TEntry> entries, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        var received = new List<ReceivedEntry>();
        while (await entries.MoveNextAsync().ConfigureAwait(false))
        {
            var entry = entries.Current;
            var kind = entry.IsConfiguration ? RaftEntryKind.Configuration : (RaftEntryKind)(entry.CommandId ?? 0);
            received.Add(new ReceivedEntry(entry.Term, kind, await PayloadOfAsync(entry, token).ConfigureAwait(false)));
        }

        return received;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> PayloadOfAsync<TEntry>(TEntry entry, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        if (entry.TryGetMemory(out var memory))
        {
            return memory.ToArray();
        }

        if (entry.Length is not { } length || length > MaxReceivedPayload)
        {
            throw new InvalidDataException($"an entry of {entry.Length} bytes, allowed are {MaxReceivedPayload}");
        }

        var collector = new PayloadCollector((int)length);
        await entry.WriteToAsync(collector, token).ConfigureAwait(false);
        return collector.Complete();
    }

    private readonly record struct ReceivedEntry(long Term, RaftEntryKind Kind, ReadOnlyMemory<byte> Payload);
}

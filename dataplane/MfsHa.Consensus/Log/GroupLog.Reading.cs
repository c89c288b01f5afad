using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Consensus.Snapshots;
using MfsHa.Storage;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

// What DotNext reads to replicate.
internal sealed partial class GroupLog
{
    private const long MaxBytesPerAppend = 4 << 20;

    // With three voters DotNext's count of copies is right also when followers acknowledge different indexes; with more it is only
    // when each acknowledges all that was sent in the round: of the first three of five answers it takes the second lowest index, which two members have.
    private const int MaxVotersForPartialAnswers = 3;

    /// <summary>With more voters a state is offered at most so often, because no round in which one is offered commits anything.</summary>
    private static readonly TimeSpan OfferPause = TimeSpan.FromMilliseconds(100);

    private long _offeredAt;
    private bool _isOfferedInRound;

    /// <summary>Number of voters; set by the group.</summary>
    public Func<int> Voters { get; set; } = static () => int.MaxValue;

    /// <summary>The end of the state that a follower is fetching now; set by the group.</summary>
    public Func<RaftLogMark?> FetchedState { get; set; } = static () => null;

    ValueTask<TResult> IAuditTrail<IRaftLogEntry>.ReadAsync<TResult>(
        ILogEntryConsumer<IRaftLogEntry, TResult> reader, long startIndex, long endIndex, CancellationToken token)
    {
        if (reader.LogEntryMetadataOnly)
        {
            return reader.ReadAsync<ReplicatedEntry, EntrySlice>(new EntrySlice([Head(startIndex)]), null, token);
        }

        return Collect(startIndex, endIndex) is { } entries
            ? reader.ReadAsync<ReplicatedEntry, EntrySlice>(new EntrySlice(entries), null, token)
            : OfferSnapshotAsync(reader, token);
    }

    // A follower that takes over a state acknowledges its end, and not what was sent to the others in the round.
    private async ValueTask<TResult> OfferSnapshotAsync<TResult>(ILogEntryConsumer<IRaftLogEntry, TResult> reader, CancellationToken token)
    {
        while (WaitBeforeOffer() is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, token).ConfigureAwait(false);
        }

        return await ReadSnapshot(reader, token).ConfigureAwait(false);
    }

    private TimeSpan WaitBeforeOffer()
    {
        var voters = Voters();
        lock (_gate)
        {
            var wait = voters <= MaxVotersForPartialAnswers || _offeredAt == 0 ? TimeSpan.Zero : OfferPause - _time.GetElapsedTime(_offeredAt);
            if (wait <= TimeSpan.Zero)
            {
                _offeredAt = _time.GetTimestamp();
                _isOfferedInRound = true;
            }

            return wait;
        }
    }

    /// <summary>Whether the round that ends now may commit by its count of copies; asked once a round, after its answers and before the next one begins.</summary>
    private bool TakeRound()
    {
        var voters = Voters();
        lock (_gate)
        {
            var isOffered = _isOfferedInRound;
            _isOfferedInRound = false;
            return !isOffered || voters <= MaxVotersForPartialAnswers || _leaderTerm != _term;
        }
    }

    // Nothing is opened for it yet: the follower may be down. While one fetches a state the offer stays the same, so that the leader's next try
    // finds what the last one has begun.
    private ValueTask<TResult> ReadSnapshot<TResult>(ILogEntryConsumer<IRaftLogEntry, TResult> reader, CancellationToken token)
    {
        SnapshotOffer offer;
        if (FetchedState() is { } fetched)
        {
            offer = new SnapshotOffer(_self, fetched.Index, fetched.Term, _formats.Level);
        }
        else
        {
            lock (_gate)
            {
                offer = new SnapshotOffer(_self, _appliedIndex, TermAt(_appliedIndex), _formats.Level);
            }
        }

        return reader.ReadAsync<SnapshotEntry, SnapshotEntry[]>([new SnapshotEntry(offer)], offer.Index, token);
    }

    // Only the term counts. Below the mark it is forgotten but for the entry whose snapshot the leader believes to be here: there it goes on.
    private RaftLogEntry Head(long index)
    {
        lock (_gate)
        {
            if (index == _adopted.Index && index < _mark.Index)
            {
                return new RaftLogEntry(index, _adopted.Term, RaftEntryKind.Empty, default);
            }

            var known = Math.Max(index, _mark.Index);
            return known > _lastIndex
                ? throw new ArgumentOutOfRangeException(nameof(index), index, $"the log ends with {_lastIndex}")
                : new RaftLogEntry(known, TermAt(known), RaftEntryKind.Empty, default);
        }
    }

    /// <summary>The entries to send, or null when they are no longer in the log.</summary>
    private List<RaftLogEntry>? Collect(long from, long to)
    {
        var entries = new List<RaftLogEntry>();
        var room = Voters() <= MaxVotersForPartialAnswers ? MaxBytesPerAppend : long.MaxValue;
        var next = from;
        while (next <= to && room > 0)
        {
            long cached;
            lock (_gate)
            {
                if (next <= _mark.Index)
                {
                    return null;
                }

                to = Math.Min(to, _lastIndex);
                cached = _cache.FirstIndex;
                if (next >= cached)
                {
                    TakeCached(next, to, room, entries);
                    return entries;
                }
            }

            // Evicted entries are durable: they are read outside of the lock.
            room -= ReadStored(next, Math.Min(to, cached - 1), room, entries);
            next = from + entries.Count;
        }

        return entries;
    }

    private void TakeCached(long from, long to, long room, List<RaftLogEntry> entries)
    {
        for (var index = from; index <= to && room > 0; index++)
        {
            var entry = _cache.Find(index)!;
            entries.Add(entry);
            room -= entry.Payload.Length;
        }
    }

    private long ReadStored(long from, long to, long room, List<RaftLogEntry> entries)
    {
        var before = entries.Count;
        try
        {
            _store.Read(Group, from, to, room, entries);
        }
        catch (StorageCorruptException e) when (from > Mark.Index)
        {
            Broken(e); // not just cut off by CutHead meanwhile
            throw;
        }

        return entries.Skip(before).Sum(static entry => (long)entry.Payload.Length);
    }
}

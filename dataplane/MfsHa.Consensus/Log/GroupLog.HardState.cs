using DotNext.Net.Cluster;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

// Term and vote.
internal sealed partial class GroupLog
{
    private long _term;
    private ClusterMemberId? _vote;
    private Task _lastWrite = Task.CompletedTask;

    /// <summary>Called before this node votes, also for itself: returns when nobody relies any more on its having been the leader.</summary>
    public Func<CancellationToken, ValueTask> BeforeVote { get; set; } = static _ => ValueTask.CompletedTask;

    /// <summary>The highest term seen.</summary>
    public long Term => Volatile.Read(ref _term);

    long IPersistentState.Term => Term;

    bool IPersistentState.IsVotedFor(in ClusterMemberId id)
    {
        lock (_gate)
        {
            return _vote is not { } vote || vote == id;
        }
    }

    async ValueTask<long> IPersistentState.IncrementTermAsync(ClusterMemberId member, CancellationToken token)
    {
        long term;
        Task written;
        await BeforeVote(token).ConfigureAwait(false);
        lock (_gate)
        {
            term = _term + 1;
            (_term, _vote) = (term, member);
            _ownEntryHidden = false;
            written = SaveHardState();
        }

        await written.WaitAsync(token).ConfigureAwait(false);
        return term;
    }

    // Not waited for: a term alone promises nothing. Whatever does, a vote or an append, comes later in the same ordered store and waits for itself.
    ValueTask IPersistentState.UpdateTermAsync(long term, bool resetLastVote, CancellationToken token)
    {
        lock (_gate)
        {
            if (term > _term)
            {
                _term = term;
                _ownEntryHidden = false;
                _vote = resetLastVote ? null : _vote;
                _ = SaveHardState();
            }
        }

        return ValueTask.CompletedTask;
    }

    async ValueTask IPersistentState.UpdateVotedForAsync(ClusterMemberId member, CancellationToken token)
    {
        Task written;
        await BeforeVote(token).ConfigureAwait(false);
        lock (_gate)
        {
            Check(_vote is not { } vote || vote == member, $"a second vote in term {_term}");
            _vote = member;
            written = SaveHardState();
        }

        await written.WaitAsync(token).ConfigureAwait(false);
    }

    private void OpenHardState(in RaftHardState state)
    {
        _term = state.Term;
        _vote = state.Vote.IsEmpty ? null : new ClusterMemberId(state.Vote.Span);
    }

    private Task SaveHardState()
    {
        var vote = Array.Empty<byte>();
        if (_vote is { } id)
        {
            vote = new byte[ClusterMemberId.Size];
            id.Format(vote);
        }

        return Remember(_store.SaveHardState(Group, new RaftHardState(_term, vote)));
    }

    private Task Remember(Task write) => _lastWrite = write;
}

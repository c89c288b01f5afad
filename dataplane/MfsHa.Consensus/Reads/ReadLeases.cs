using System.Diagnostics;
using MfsHa.Consensus.Log;
using MfsHa.NodeLink;

namespace MfsHa.Consensus.Reads;

/// <summary>
/// Linearizable reads at a follower without asking the leader each time. A follower asks for a lease when it is asked to read; the leader gives one while nothing
/// changes, and takes all of them back before it appends the next change. So whoever reads by a lease sees a state in which everything acknowledged is.
/// </summary>
/// <remarks>
/// What rules out a second leader that knows nothing of a lease: it ends with the leader's trust in its own leadership (<see cref="ReadBarrier"/>), which a majority has
/// confirmed. Whoever votes for another one is among that majority: a follower of it refuses for longer than the trust lasts, and the leader itself, should it lose its
/// office meanwhile, votes only when its leases have ended (<see cref="WaitForEndAsync"/>). The holder counts from the moment at which it asked, which is before the leader
/// gave the lease, so that its end comes first. Clocks must only run at about the same speed: all spans are half the lower election timeout.
/// A holder that does not answer (dead, stopped, cut off) keeps changes waiting until its lease has ended: <see cref="ConsensusOptions.ElectionTimeout"/> / 2 at most.
/// </remarks>
internal sealed class ReadLeases(
    ushort group, GroupLog log, ReadBarrier barrier, INodeRpc rpc, Func<Leadership> leadership, Func<NodeId, bool> isMember, ConsensusOptions options, CancellationToken stopping)
{
    private static readonly byte[] None = [];

    // A follower that was refused asks again after this time at the earliest.
    private static readonly long AskPause = Ticks(TimeSpan.FromMilliseconds(20));

    private readonly LeaseBook _book = new(Ticks(options.LeaseQuietTime));
    private readonly HeldLease _held = new();
    private readonly TimeSpan _span = options.ElectionTimeout / 2;
    private readonly byte[] _question = LeaseFormat.Ask(group);
    private long _nextAsk = long.MinValue;
    private int _isAsking;

    /// <summary>Follower: true when this node's state is the newest there is at this moment. Never waits; asks for a lease when there is none.</summary>
    public bool IsCurrent()
    {
        var now = Stopwatch.GetTimestamp();
        var isValid = _held.IsValid(log.Term, now);
        if (!isValid || _held.IsEnding(now))
        {
            BeginAsking(now);
        }

        return isValid;
    }

    /// <summary>Follower: reads no more by what the leader of a term has given up to a number.</summary>
    public void Recall(long term, long serial) => _held.Recall(term, serial);

    /// <summary>Leader: the answer to a follower that asks.</summary>
    public async ValueTask<byte[]> AnswerAsync(NodeId follower, CancellationToken cancellation)
    {
        if (!_book.IsQuiet(Stopwatch.GetTimestamp()) || !leadership().IsReady || !isMember(follower))
        {
            return None;
        }

        try
        {
            await barrier.ConfirmFreshlyAsync(cancellation).ConfigureAwait(false);
        }
        catch (NotLeaderException)
        {
            return None;
        }

        var (term, until) = barrier.Trust;
        var end = (Index: 0L, Term: 0L);
        var now = Stopwatch.GetTimestamp();
        var serial = _book.Give(follower, term, now, until, () => leadership() is { IsReady: true } current && current.Term == term && log.Term == term && log.IsSettled(out end));
        return serial is { } number
            ? LeaseFormat.Grant(new LeaseGrant(term, number, (long)Stopwatch.GetElapsedTime(now, until).TotalMicroseconds, end.Index, end.Term))
            : None;
    }

    /// <summary>Leader: returns when nobody reads by a lease, and none is given until <see cref="EndChange"/>, which must follow in any case.</summary>
    public ValueTask BeginChangeAsync()
    {
        var leases = _book.BeginChange(Stopwatch.GetTimestamp());
        return leases.Length == 0 ? ValueTask.CompletedTask : new ValueTask(Task.WhenAll(leases.Select(RecallAsync)));
    }

    /// <summary>Leader: the change is appended, or has failed.</summary>
    public void EndChange() => _book.EndChange(Stopwatch.GetTimestamp());

    /// <summary>Returns when what this node has given as a leader has ended, so that it may vote.</summary>
    public ValueTask WaitForEndAsync(CancellationToken cancellation) => WaitUntilAsync(_book.LastEnd, cancellation);

    private static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);

    private static async ValueTask WaitUntilAsync(long timestamp, CancellationToken cancellation)
    {
        for (var now = Stopwatch.GetTimestamp(); now < timestamp; now = Stopwatch.GetTimestamp())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1) + Stopwatch.GetElapsedTime(now, timestamp), cancellation).ConfigureAwait(false);
        }
    }

    private async Task RecallAsync(LeaseBook.Lease lease)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            patience.CancelAfter(_span);
            await rpc.CallAsync(lease.Holder, RpcMethod.RecallLease, LeaseFormat.Recall(group, lease.Term, lease.Serial), patience.Token).ConfigureAwait(false);
            _book.Returned(lease);
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException or OperationCanceledException)
        {
            await WaitUntilAsync(lease.Until, stopping).ConfigureAwait(false);
        }
    }

    private void BeginAsking(long now)
    {
        var leader = leadership().Leader;
        if (leader == NodeId.None || leader == rpc.Self || now < Volatile.Read(ref _nextAsk) || Interlocked.CompareExchange(ref _isAsking, 1, 0) != 0)
        {
            return;
        }

        _ = AskAsync(leader);
    }

    private async Task AskAsync(NodeId leader)
    {
        var isHeld = false;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            patience.CancelAfter(_span);
            var asked = Stopwatch.GetTimestamp();
            var reply = await rpc.CallAsync(leader, RpcMethod.AskLease, _question, patience.Token).ConfigureAwait(false);
            if (LeaseFormat.ParseGrant(reply.Span) is { } grant && log.LearnCommitted(grant.Index, grant.IndexTerm))
            {
                await log.WaitForApplyAsync(grant.Index, patience.Token).ConfigureAwait(false);
                isHeld = _held.Take(grant, asked, Ticks(TimeSpan.FromMicroseconds(grant.Microseconds)));
            }
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException or OperationCanceledException or ObjectDisposedException or InvalidDataException)
        {
            // No lease: the leader is asked to read, as always.
        }
        finally
        {
            Volatile.Write(ref _nextAsk, isHeld ? long.MinValue : Stopwatch.GetTimestamp() + AskPause);
            Volatile.Write(ref _isAsking, 0);
        }
    }
}

using System.Diagnostics;
using MfsHa.Consensus.Log;

namespace MfsHa.Consensus.Reads;

/// <summary>
/// Confirms leadership for reads. A round of replication that a majority answered proves that no other leader existed when it began, and for as long as these
/// followers refuse to vote for another one, which is at least the lower election timeout. Half of that is used, by the monotonic clock, counted from
/// before the round began. A lease by a timer is not enough: after a pause of the process it fires too late.
/// </summary>
internal sealed class ReadBarrier(ushort group, GroupLog log, GroupCluster cluster, TimeSpan trustSpan, Func<Leadership> leadership, CancellationToken stopping)
{
    private readonly long _trustTicks = (long)(trustSpan.TotalSeconds * Stopwatch.Frequency);
    private readonly Lock _gate = new();
    private Task? _round;
    private long _trustedTerm;
    private long _trustedUntil;

    /// <summary>Returns at once, without an allocation, while a former round can be trusted and everything committed is applied.</summary>
    public ValueTask WaitAsync(CancellationToken cancellation) =>
        IsTrusted() && log.AppliedIndex >= log.CommitIndex ? ValueTask.CompletedTask : ConfirmAsync(cancellation);

    /// <summary>A majority has accepted, in this term, something that did not exist before <paramref name="timestamp"/>.</summary>
    public void Confirmed(long term, long timestamp)
    {
        lock (_gate)
        {
            var until = timestamp + _trustTicks;
            if (term > _trustedTerm || (term == _trustedTerm && until > _trustedUntil))
            {
                (_trustedTerm, _trustedUntil) = (term, until);
            }
        }
    }

    /// <summary>Until when, by <see cref="Stopwatch"/>, no other leader than that of the term can exist.</summary>
    public (long Term, long Until) Trust
    {
        get
        {
            lock (_gate)
            {
                return (_trustedTerm, _trustedUntil);
            }
        }
    }

    /// <summary>Returns when leadership was confirmed so that most of the trust's span is still to come. Throws <see cref="NotLeaderException"/>.</summary>
    public async ValueTask ConfirmFreshlyAsync(CancellationToken cancellation)
    {
        await WaitAsync(cancellation).ConfigureAwait(false);
        if (Trust.Until - Stopwatch.GetTimestamp() < _trustTicks * 2 / 3)
        {
            await Round().WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private bool IsTrusted()
    {
        var now = leadership();
        if (!now.IsReady)
        {
            return false;
        }

        lock (_gate)
        {
            return now.Term == _trustedTerm && Stopwatch.GetTimestamp() < _trustedUntil;
        }
    }

    private async ValueTask ConfirmAsync(CancellationToken cancellation)
    {
        while (!IsTrusted())
        {
            if (!leadership().IsReady)
            {
                throw new NotLeaderException(group, leadership().Leader);
            }

            // A round that is under way may have begun before this call; what counts is whether it can be trusted at a moment after it.
            await Round().WaitAsync(cancellation).ConfigureAwait(false);
        }

        await log.WaitForApplyAsync(log.CommitIndex, cancellation).ConfigureAwait(false);
    }

    private Task Round()
    {
        lock (_gate)
        {
            return _round is { IsCompleted: false } running ? running : _round = Task.Run(RoundAsync, CancellationToken.None);
        }
    }

    private async Task RoundAsync()
    {
        var term = leadership().Term;
        var start = Stopwatch.GetTimestamp();
        try
        {
            await cluster.ForceReplicationAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DotNext.Net.Cluster.Consensus.Raft.NotLeaderException or OperationCanceledException or ObjectDisposedException)
        {
            throw new NotLeaderException(group, leadership().Leader);
        }

        if (log.Term == term)
        {
            Confirmed(term, start);
        }
    }
}

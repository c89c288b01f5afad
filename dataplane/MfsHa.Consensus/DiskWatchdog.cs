using MfsHa.Storage;
using MfsHa.Storage.RaftLog;
using Microsoft.Extensions.Logging;

namespace MfsHa.Consensus;

/// <summary>
/// A leader whose disk stalls keeps its heartbeats, and so its leadership, without being able to commit. The watchdog gives the leadership of all groups
/// away when a sync takes too long, lets the node stand again when the disk recovers, and ends it when it does not.
/// </summary>
internal sealed class DiskWatchdog(RaftLogStore store, Func<IEnumerable<ShardLog>> groups, Action<Exception> fail, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    /// <summary>A sync that takes longer is not slowness but a fault: the node neither leads nor answers as a follower.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan StuckLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HealthySync = TimeSpan.FromMilliseconds(300);
    private const int HealthyTicksToReturn = 8;
    private bool _stalled;
    private int _healthyTicks;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            var pending = store.OldestPending;
            if (pending > StuckLimit)
            {
                fail(new StorageUnavailableException(store.Path, $"no sync has ended for {pending.TotalSeconds:F0} s"));
                return;
            }

            if (pending > StallLimit && !_stalled)
            {
                (_stalled, _healthyTicks) = (true, 0);
                ConsensusLog.DiskStalls(logger, pending);
                ForAll(static (group, token) => group.StandByAsync(token), cancellation);
            }
            else if (_stalled)
            {
                _healthyTicks = pending < HealthySync && store.Statistics.LastSync < HealthySync ? _healthyTicks + 1 : 0;
                if (_healthyTicks >= HealthyTicksToReturn)
                {
                    _stalled = false;
                    ConsensusLog.DiskRecovered(logger);
                    ForAll(static (group, token) => group.EndStandByAsync(token), cancellation);
                }
            }
        }
    }

    // Not waited for: a transition may wait for the very disk that stalls.
    private void ForAll(Func<ShardLog, CancellationToken, Task> step, CancellationToken cancellation)
    {
        foreach (var group in groups())
        {
            _ = DoAsync(group, step, cancellation);
        }
    }

    private async Task DoAsync(ShardLog group, Func<ShardLog, CancellationToken, Task> step, CancellationToken cancellation)
    {
        try
        {
            await step(group, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            ConsensusLog.StepFailed(logger, group.Group, "changing standby", e.Message);
        }
    }
}

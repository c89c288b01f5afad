using MfsHa.Consensus;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Maintenance;

/// <summary>Work that the leader of a group does again and again. Ends with the host; a failed pass is logged and tried again at the next turn.</summary>
public sealed partial class LeaderLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;

    /// <summary>Starts the loop.</summary>
    /// <param name="name">For logs.</param>
    /// <param name="log">The group.</param>
    /// <param name="every">Time between two passes.</param>
    /// <param name="pass">One pass; called only while this node leads and is ready.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">For failures.</param>
    public LeaderLoop(string name, IShardLog log, TimeSpan every, Func<CancellationToken, Task> pass, TimeProvider clock, ILogger logger)
        : this(name, () => log.Leadership.IsReady, every, pass, clock, logger)
    {
    }

    /// <summary>Starts a loop that does not belong to one group.</summary>
    public LeaderLoop(string name, Func<bool> mayRun, TimeSpan every, Func<CancellationToken, Task> pass, TimeProvider clock, ILogger logger) =>
        running = RunAsync(name, mayRun, every, pass, clock, logger, stopping.Token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private static async Task RunAsync(string name, Func<bool> mayRun, TimeSpan every, Func<CancellationToken, Task> pass, TimeProvider clock, ILogger logger, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(every, clock);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            if (!mayRun())
            {
                continue;
            }

            try
            {
                await pass(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is NotLeaderException or ProposalRejectedException or PeerUnavailableException or TimeoutException)
            {
                Log.Interrupted(logger, name, e.Message);
            }
#pragma warning disable CA1031 // The work must go on, whatever one pass met; it is said loudly.
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                Log.Failed(logger, name, e);
            }
#pragma warning restore CA1031
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Name}: interrupted: {Reason}")]
        public static partial void Interrupted(ILogger logger, string name, string reason);

        [LoggerMessage(2, LogLevel.Error, "{Name}: a pass failed")]
        public static partial void Failed(ILogger logger, string name, Exception reason);
    }
}

using MfsHa.Admin.Contract;

namespace MfsHa.Demo.Cluster;

/// <summary>Asks the nodes for the cluster's status again and again, and remembers the last answer.</summary>
public sealed class ClusterWatch(DemoCluster cluster) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource end = new();
    private volatile ClusterStatus? last;
    private Task running = Task.CompletedTask;

    /// <summary>The last answer; null before the first one.</summary>
    public ClusterStatus? Last => last;

    public void Start() => running = RunAsync(end.Token);

    /// <summary>Asks now.</summary>
    /// <returns>Null if no node answers.</returns>
    public async Task<ClusterStatus?> RefreshAsync(CancellationToken cancellation)
    {
        foreach (var node in cluster.Nodes.Where(static node => node.IsRunning))
        {
            if (await cluster.AdminOf(node).TryStatusAsync(cancellation).ConfigureAwait(false) is { } status)
            {
                return last = status;
            }
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            await RefreshAsync(cancellation).ConfigureAwait(false);
        }
    }
}

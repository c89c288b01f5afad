using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using Microsoft.Extensions.Logging;

namespace MfsHa.Operator.Sdk.Leadership;

/// <summary>
/// Runs something while this process holds a Lease. The library's elector is never asked whether it leads: it may still say so after it has lost the lease. What runs has a
/// token of its own that ends with the term, and a process that has lost its term should end.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="ns">Namespace of the lease.</param>
/// <param name="name">Its name.</param>
/// <param name="identity">Name of this process, unique.</param>
/// <param name="lease">How long others wait for one that does not renew it. It renews it, or asks for it, seven times in that time, and gives up after two thirds of it.</param>
/// <param name="logger">Says who leads.</param>
public sealed partial class LeaderTerm(IKubernetes client, string ns, string name, string identity, TimeSpan lease, ILogger logger)
{
    private const double RenewPart = 2.0 / 3;
    private const double RetryPart = 2.0 / 15;

    private static readonly TimeSpan _releaseLimit = TimeSpan.FromSeconds(3);

    /// <summary>Waits for the lease and runs the work. Returns when the work has ended; throws <see cref="LeadershipLostException"/> when the lease was lost before.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        var elected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leaseLock = new LeaseLock(client, ns, name, identity);
        using var term = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var elector = new LeaderElector(new LeaderElectionConfig(leaseLock) { LeaseDuration = lease, RenewDeadline = lease * RenewPart, RetryPeriod = lease * RetryPart });
        elector.OnStartedLeading += () => elected.TrySetResult();
        elector.OnError += e => Log.Trouble(logger, e.Message);
        elector.OnNewLeader += leader => Log.Leads(logger, leader);
        Task holding = elector.RunUntilLeadershipLostAsync(term.Token);
        _ = await Task.WhenAny(elected.Task, holding).WaitAsync(cancellation).ConfigureAwait(false);
        Task working = elected.Task.IsCompleted ? work(term.Token) : Task.CompletedTask;
        Task first = await Task.WhenAny(working, holding).ConfigureAwait(false);
        bool isLost = first == holding && !cancellation.IsCancellationRequested;
        await term.CancelAsync().ConfigureAwait(false);
        await QuietlyAsync(holding).ConfigureAwait(false);
        if (isLost)
        {
            await QuietlyAsync(working).ConfigureAwait(false);
            throw new LeadershipLostException();
        }

        try
        {
            await working.ConfigureAwait(false);
        }
        finally
        {
            await ReleaseAsync(leaseLock).ConfigureAwait(false);
        }
    }

    private static async Task QuietlyAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }

    // So that the next one need not wait for the lease to run out.
    private async Task ReleaseAsync(LeaseLock leaseLock)
    {
        using var limit = new CancellationTokenSource(_releaseLimit);
        try
        {
            LeaderElectionRecord record = await leaseLock.GetAsync(limit.Token).ConfigureAwait(false);
            if (record.HolderIdentity == identity)
            {
                record.HolderIdentity = "";
                record.LeaseDurationSeconds = 1;
                record.RenewTime = record.AcquireTime = DateTime.UtcNow;
                _ = await leaseLock.UpdateAsync(record, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is k8s.Autorest.HttpOperationException or HttpRequestException or OperationCanceledException)
        {
            Log.Trouble(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Leader} leads")]
        public static partial void Leads(ILogger logger, string leader);

        [LoggerMessage(2, LogLevel.Warning, "leader election: {Reason}")]
        public static partial void Trouble(ILogger logger, string reason);
    }
}

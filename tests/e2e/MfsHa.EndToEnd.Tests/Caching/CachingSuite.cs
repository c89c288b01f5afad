using System.Globalization;
using MfsHa.Testbed.Deployments;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Caching;

/// <summary>
/// Two clients that cache as mfsmount does by default: what one has written and closed, the other reads when it opens the file, and soon through a file it holds open.
/// A real mfsmaster runs the same script, as proof that it asks for no more than MooseFS gives.
/// </summary>
public abstract class CachingSuite(ServiceKind service, MooseFsRelease release)
{
    private const int Seed = 7;
    private const int Files = 4;
    private const int Rounds = 120;
    private const int Idlers = 20;
    private static int lastReader;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Rounds before which the leader of the namespace is killed; it is started again at once.</summary>
    private static readonly int[] Kills = [40, 80];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected async Task RunAsync()
    {
        await using var deployment = await Deployment.StartAsync(new DeploymentPlan(service, release, release), Cancellation);
        using var enough = new CancellationTokenSource();
        var readers = deployment.Mounts.Select(mount => Thread(() => ReadAgainAndAgain(mount.Path, enough.Token))).ToArray();
        Task? kill = null;
        try
        {
            await Thread(() =>
            {
                using var pair = new CachingPair(Seed, deployment.Mounts[0].Path, deployment.Mounts[1].Path, Files);
                for (var round = 0; round < Rounds; round++)
                {
                    if (service is ServiceKind.MfsHa && Kills.Contains(round))
                    {
                        kill?.GetAwaiter().GetResult();
                        kill = KillLeaderAsync(deployment);
                    }
                    pair.Round(round);
                }
                pair.AssertSettledAsync(Cancellation).GetAwaiter().GetResult();
                TestContext.Current.TestOutputHelper?.WriteLine(pair.Summary);
            }).WaitAsync(Limit, Cancellation);
        }
        finally
        {
            await enough.CancelAsync();
            await (kill ?? Task.CompletedTask);
        }
        await Task.WhenAll(readers).WaitAsync(Limit, Cancellation);
        if (service is ServiceKind.MfsHa)
        {
            await deployment.Cluster.WaitReadyAsync(Cancellation);
            await deployment.Cluster.AdminAsync(deployment.Cluster.Nodes[0], ["consistency-check"], Cancellation);
        }
    }

    // What nobody changes is looked at all the time, so that the nodes that follow have leases to answer with.
    private static void ReadAgainAndAgain(string root, CancellationToken enough)
    {
        var number = Interlocked.Increment(ref lastReader);
        for (var i = 0; i < Idlers; i++)
        {
            P.MakeDirectory(Name(i));
        }
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            P.Stat(Name(i % Idlers));
            enough.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(2));
        }

        string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"{root}/idle{number}-{i}");
    }

    private static async Task KillLeaderAsync(Deployment deployment)
    {
        var leader = await deployment.Cluster.LeaderOfAsync(0, Cancellation) ?? throw new InvalidOperationException("nobody leads");
        await leader.CrashAsync();
        leader.Start();
        await leader.WaitReadyAsync(Cancellation);
    }

    private static Task Thread(Action body) => Task.Factory.StartNew(body, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

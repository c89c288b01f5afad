using System.Diagnostics;
using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.EndToEnd.Tests.Ledger.Faults;
using MfsHa.Testbed;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>A change is on the stable storage of a majority before it is acknowledged (design.md, promise 1), shown on real processes and disks.</summary>
public sealed class SyncTests(ITestOutputHelper output)
{
    private const int Tries = 5;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaderLimit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Acknowledgment_waits_for_the_sync_of_a_majority_and_survives_without_the_leader()
    {
        var plan = new DeploymentPlan(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V4) { Mounts = 0, ChunkServers = 0 };
        await using var deployment = await Deployment.StartAsync(plan, Cancellation);
        var (environment, cluster) = (deployment.Environment, deployment.Cluster);
        MfsHaNode? leader = null;
        await Deadline.WaitAsync("there is a leader", LeaderLimit, async token => (leader = await cluster.LeaderOfAsync(0, token)) is not null, Cancellation);
        MfsHaNode[] followers = [.. cluster.Nodes.Where(node => node != leader)];
        using var session = new RawSession(environment.Observer, [leader!.Host], 0, new Random(1)) { AnswerLimit = 10 * Delay };
        var client = new RoamingClient("client", session);

        var fast = await FastestAsync(client, "fast");
        await using var first = await SlowSync.AttachAsync(environment.Observer, environment.LogFile("strace1"), followers[0], Delay, Cancellation);
        var withoutOne = await FastestAsync(client, "one-slow");
        await using var second = await SlowSync.AttachAsync(environment.Observer, environment.LogFile("strace2"), followers[1], Delay, Cancellation);
        var clock = Stopwatch.StartNew();
        await client.MakeDirectoryAsync("last", Cancellation);
        var slow = clock.Elapsed;
        await Task.WhenAll(cluster.Nodes.Select(static node => node.CrashAsync()));
        output.WriteLine($"mkdir: {fast.TotalMilliseconds:0.0} ms; one follower's disk slow: {withoutOne.TotalMilliseconds:0.0} ms; both: {slow.TotalMilliseconds:0.0} ms");

        Assert.InRange(fast, TimeSpan.Zero, Delay / 2);
        Assert.InRange(withoutOne, TimeSpan.Zero, Delay / 2);
        Assert.True(slow >= Delay, $"acknowledged after {slow.TotalMilliseconds:0} ms, before any follower could have synced");

        // The only disk that was fast is not there any more.
        foreach (var follower in followers)
        {
            follower.Start();
        }
        await cluster.WaitReadyAsync(Cancellation);
        using var afterwards = new RawSession(environment.Observer, [followers[0].Host], 0, new Random(2));
        Assert.NotNull(await new RoamingClient("client", afterwards).StatAsync("last", Cancellation));
    }

    private static async Task<TimeSpan> FastestAsync(RoamingClient client, string name)
    {
        var fastest = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var clock = Stopwatch.StartNew();
            await client.MakeDirectoryAsync($"{name}{attempt}", Cancellation);
            fastest = clock.Elapsed < fastest ? clock.Elapsed : fastest;
        }
        return fastest;
    }
}

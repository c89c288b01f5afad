using MfsHa.EndToEnd.Tests.Ledger.Faults;
using MfsHa.Testbed;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>Nothing acknowledged is ever lost (design.md, promise 1), seen by clients of a cluster to which everything happens.</summary>
public sealed class LedgerTests(ITestOutputHelper output)
{
    private const int Roaming = 3;

    /// <summary>Under load before and after the event that a test is about.</summary>
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(4);

    /// <summary>Longer than any test that ends by itself.</summary>
    private static readonly TimeSpan Unlimited = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_change_survives_random_faults()
    {
        var seed = LedgerPlan.Seed;
        await using var deployment = await Deployment.StartAsync(LedgerPlan.Deployment(seed), Cancellation);
        var run = await LedgerRun.CreateAsync(deployment, seed, Roaming, Cancellation);
        await RunFaultsAsync(deployment, run, LedgerPlan.Duration, LedgerPlan.Shards);
    }

    [Fact]
    public Task Every_acknowledged_change_survives_random_faults_and_a_rename_storm() => RunStormAsync(LedgerPlan.StormShards);

    [Fact(Explicit = true)]
    public Task Every_acknowledged_change_survives_random_faults_and_a_rename_storm_on_the_most_shards() => RunStormAsync(LedgerPlan.MostShards);

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_all_nodes_are_killed_at_once_again_and_again()
    {
        const int rounds = 3;
        var seed = LedgerPlan.Seed;
        await using var deployment = await Deployment.StartAsync(LedgerPlan.Deployment(seed), Cancellation);
        var run = await LedgerRun.CreateAsync(deployment, seed, Roaming, Cancellation);
        await run.WorkAsync(Unlimited, async timeOver =>
        {
            for (var round = 0; round < rounds && !timeOver.IsCancellationRequested; round++)
            {
                await Task.Delay(LoadTime, Cancellation);
                await CrashAsync(run, [.. deployment.Cluster.Nodes]);
                await StartAsync(run, [.. deployment.Cluster.Nodes]);
            }
            await Task.Delay(LoadTime, Cancellation);
        }, Cancellation);
        await VerifyAsync(run);
    }

    [Fact]
    public async Task Node_with_a_new_disk_is_removed_and_added_and_holds_the_majority_again()
    {
        var seed = LedgerPlan.Seed;
        await using var deployment = await Deployment.StartAsync(LedgerPlan.Deployment(seed), Cancellation);
        var cluster = deployment.Cluster;
        MfsHaNode healthy = cluster.Nodes[0], replaced = cluster.Nodes[1], lost = cluster.Nodes[2];
        var run = await LedgerRun.CreateAsync(deployment, seed, Roaming, Cancellation);
        await run.WorkAsync(Unlimited, async _ =>
        {
            await Task.Delay(LoadTime, Cancellation);
            await CrashAsync(run, [replaced]);
            replaced.WipeDisk();
            run.Journal.Fault(await cluster.AdminAsync(healthy, ["node", "remove", $"{replaced.Id}"], Cancellation));
            await Task.Delay(LoadTime, Cancellation);
            replaced.Start();
            await AddAsync(run, cluster, healthy, replaced);
            await replaced.WaitReadyAsync(Cancellation);
            run.Outages.End(replaced.Id);
            await run.CompareReplicasAsync(Cancellation);

            // The one whose disk is new, and one other: a majority.
            await CrashAsync(run, [lost]);
            var before = run.Acknowledged;
            await Deadline.WaitAsync("changes are acknowledged by the node with the new disk and one other", LoadTime * 5, () => run.Acknowledged > before + 50, Cancellation);
            await Task.Delay(LoadTime, Cancellation);
            await StartAsync(run, [lost]);
        }, Cancellation);
        await VerifyAsync(run);
    }

    [Fact]
    public async Task Node_with_a_new_disk_that_nobody_added_neither_votes_nor_forms_a_cluster()
    {
        var seed = LedgerPlan.Seed;
        var observe = TimeSpan.FromSeconds(8);
        await using var deployment = await Deployment.StartAsync(LedgerPlan.Deployment(seed), Cancellation);
        var cluster = deployment.Cluster;
        // The lowest id is the one that forms clusters.
        MfsHaNode wiped = cluster.Nodes[0], healthy = cluster.Nodes[1], lost = cluster.Nodes[2];
        var identity = (await cluster.StatusAsync(healthy, Cancellation)).ClusterId;
        var run = await LedgerRun.CreateAsync(deployment, seed, Roaming, Cancellation);
        await run.WorkAsync(Unlimited, async _ =>
        {
            await Task.Delay(LoadTime, Cancellation);
            await CrashAsync(run, [wiped, lost]);
            wiped.WipeDisk();
            wiped.Start();
            // Calls that were under way at the kill may have been acknowledged after the count; from then on nobody may acknowledge anything.
            await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
            var before = run.Acknowledged;
            await Task.Delay(observe, Cancellation);
            Assert.Equal(before, run.Acknowledged);
            Assert.False(await wiped.IsReadyAsync(Cancellation));

            await StartAsync(run, [lost]);
            await Deadline.WaitAsync("the two old disks serve", LoadTime * 5, () => run.Acknowledged > before + 50, Cancellation);
            Assert.False(await wiped.IsReadyAsync(Cancellation));
            run.Journal.Fault(await cluster.AdminAsync(healthy, ["node", "remove", $"{wiped.Id}"], Cancellation));
            await AddAsync(run, cluster, healthy, wiped);
            await wiped.WaitReadyAsync(Cancellation);
            run.Outages.End(wiped.Id);
        }, Cancellation);
        await VerifyAsync(run);
        Assert.Equal(identity, (await cluster.StatusAsync(wiped, Cancellation)).ClusterId);
    }

    // With clients that rename against each other between directories of different shards.
    private async Task RunStormAsync(int shards)
    {
        var seed = LedgerPlan.Seed;
        await using var deployment = await Deployment.StartAsync(LedgerPlan.Deployment(seed, shards), Cancellation);
        var run = await LedgerRun.CreateAsync(deployment, seed, Roaming, Cancellation);
        await run.AddStormAsync(Cancellation);
        await RunFaultsAsync(deployment, run, LedgerPlan.StormDuration, shards);
    }

    private async Task RunFaultsAsync(Deployment deployment, LedgerRun run, TimeSpan duration, int shards)
    {
        var faults = new FaultInjector(deployment.Cluster, shards, run.Journal, run.Outages, new Random(LedgerPlan.Seed));
        await run.WorkAsync(duration, timeOver => faults.RunAsync(timeOver, Cancellation), Cancellation);
        await VerifyAsync(run);
    }

    private async Task VerifyAsync(LedgerRun run)
    {
        await run.VerifyAsync(Cancellation);
        output.WriteLine(run.Summary());
        Assert.True(run.Acknowledged > 100, run.Summary());
    }

    private static async Task CrashAsync(LedgerRun run, MfsHaNode[] victims)
    {
        run.Journal.Fault($"SIGKILL {string.Join(' ', victims.Select(static v => v.Id))}");
        await Task.WhenAll(victims.Select(victim =>
        {
            run.Outages.Begin(victim.Id);
            return victim.CrashAsync();
        }));
    }

    private static async Task StartAsync(LedgerRun run, MfsHaNode[] nodes)
    {
        run.Journal.Fault($"start {string.Join(' ', nodes.Select(static node => node.Id))}");
        foreach (var node in nodes)
        {
            node.Start();
        }
        await Task.WhenAll(nodes.Select(static node => node.WaitReadyAsync(Cancellation)));
        foreach (var node in nodes)
        {
            run.Outages.End(node.Id);
        }
    }

    // A node that has just started has to find the cluster first; until then it is refused, with the reason.
    private static Task AddAsync(LedgerRun run, MfsHaCluster cluster, MfsHaNode by, MfsHaNode added)
        => Deadline.WaitAsync($"node {added.Id} is added", TimeSpan.FromSeconds(60), async token =>
        {
            var result = await cluster.TryAdminAsync(by, ["node", "add", $"{added.Id}", "--address", $"{added.Host.Address}:{MfsHaNode.LinkPort}"], token);
            run.Journal.Fault($"node add: {result.Output.Trim()}{result.Error.Trim()}");
            return result.ExitCode == 0;
        }, Cancellation);
}

using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Operating;

/// <summary>Keys that are set for all nodes, and leaders that are taken down one after the other, on a real cluster.</summary>
public sealed class ClusterConfigurationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_set_for_all_nodes_applies_at_once_outlives_restarts_and_wins_over_files_until_it_is_unset()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: new Dictionary<string, string> { ["MATOCL_TIMEOUT"] = "15" }, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        var asked = cluster.Nodes[1];
        Assert.Equal(
            "Node 1: MATOCL_TIMEOUT = 20  (cluster)\nNode 2: MATOCL_TIMEOUT = 20  (cluster)\nNode 3: MATOCL_TIMEOUT = 20  (cluster)\n",
            await cluster.AdminAsync(asked, ["config", "set", "MATOCL_TIMEOUT", "20"], Cancellation));

        // One that is away meanwhile takes it over when it is back, and all have it after a restart of the whole cluster.
        Assert.True(await cluster.Nodes[2].StopAsync());
        var partly = await cluster.TryAdminAsync(asked, ["config", "set", "MATOCL_TIMEOUT", "25"], Cancellation);
        Assert.Equal(1, partly.ExitCode);
        Assert.Contains("Node 3: ", partly.Output, StringComparison.Ordinal);
        foreach (var node in cluster.Nodes.Where(static n => n.IsRunning))
        {
            await node.CrashAsync();
        }

        await cluster.StartAsync(Cancellation);
        foreach (var node in cluster.Nodes)
        {
            await ShowsAsync(cluster, node, "MATOCL_TIMEOUT = 25  (cluster");
        }

        await RefusedAsync(cluster, asked, "HA_RAFT_HEARTBEAT_TIMEOUT cannot be set so", "config", "set", "HA_RAFT_HEARTBEAT_TIMEOUT", "200ms");
        await RefusedAsync(cluster, asked, "AUTH_CODE cannot be set so", "config", "set", "AUTH_CODE", "secret");
        await RefusedAsync(cluster, asked, "MATOCL_TIMEOUT: expected", "config", "set", "MATOCL_TIMEOUT", "soon");
        await RefusedAsync(cluster, asked, "there is no key MATOCL_TIMEOUTS", "config", "set", "MATOCL_TIMEOUTS", "20");

        await cluster.AdminAsync(asked, ["config", "unset", "MATOCL_TIMEOUT"], Cancellation);
        foreach (var node in cluster.Nodes)
        {
            await ShowsAsync(cluster, node, "MATOCL_TIMEOUT = 15  (");
        }
    }

    [Fact]
    public async Task Failover_test_has_every_node_give_its_leaders_away_and_measures_the_stalls()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: new Dictionary<string, string> { ["HA_SHARD_COUNT"] = "2" }, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        var before = cluster.Nodes.Select(static n => n.Process.Id).ToArray();
        var said = await cluster.AdminAsync(cluster.Nodes[0], ["failover-test", "--execute"], Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        for (var node = 1; node <= cluster.Nodes.Count; node++)
        {
            Assert.Contains($"Node {node}", said, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(before, cluster.Nodes.Select(static n => n.Process.Id));
        await cluster.AdminAsync(cluster.Nodes[0], ["consistency-check"], Cancellation);
    }

    private static Task ShowsAsync(MfsHaCluster cluster, MfsHaNode node, string text) => Deadline.WaitAsync(
        $"node {node.Id} shows {text}", TimeSpan.FromSeconds(20),
        async token => (await cluster.TryAdminAsync(node, ["config", "get", "MATOCL_TIMEOUT"], token)).Output.StartsWith(text, StringComparison.Ordinal), Cancellation);

    private static async Task RefusedAsync(MfsHaCluster cluster, MfsHaNode node, string reason, params string[] command)
    {
        var result = await cluster.TryAdminAsync(node, command, Cancellation);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }
}

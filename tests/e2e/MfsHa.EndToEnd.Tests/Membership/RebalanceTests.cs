using System.Globalization;
using System.Text.Json;
using MfsHa.EndToEnd.Tests.Failover;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Membership;

/// <summary>Two nodes are started, and one command waits until they hold their part of the shards, while a client works.</summary>
public sealed class RebalanceTests
{
    private const int Shards = 4;
    private const int Replicas = 3;

    // Of four shards with three replicas each on five nodes.
    private const int Share = Shards * Replicas / 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // The leader of the system group looks every second whether a replica has to move.
    private static readonly TimeSpan LooksAgain = TimeSpan.FromSeconds(3);
    private static readonly Dictionary<string, string> Settings = new() { ["HA_SHARD_COUNT"] = $"{Shards}", ["HA_REPLICATION_FACTOR"] = $"{Replicas}" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_nodes_get_their_share_and_an_interrupted_command_goes_on_when_it_is_repeated()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: Settings, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        var first = cluster.Nodes[0];
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, first.Host, "mount", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        P.MakeDirectory($"{mount.Path}/made");
        await using var maker = new StallMeter(n => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{mount.Path}/made/{n}")));
        await RefusedAsync(cluster, "there is no node 4", "--new-nodes=4,5");

        foreach (var id in (int[])[4, 5])
        {
            var node = MfsHaNode.Create(environment, MfsHaPrograms.Node, id, await environment.Network.AddHostAsync($"node{id}", Cancellation), Settings);
            node.Start("--join-cluster", $"--node-id={id}", $"--peer={first.Host.Address}");
        }

        await Deadline.WaitAsync("both nodes are known", Limit, async token => (await cluster.TryAdminAsync(first, ["node", "list"], token)).Output.Contains("Node 5: ", StringComparison.Ordinal), Cancellation);
        var said = await cluster.AdminAsync(first, ["rebalance", "--new-nodes=4,5", "--strategy=balanced", "--timeout=120"], Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.EndsWith("Nodes 4, 5 have their replicas, and leaders are balanced\n", said, StringComparison.Ordinal);
        AssertShares(await ShardPlaces.ReadAsync(cluster, first), least: Share);

        // A person moves all away, and nothing brings any back by itself. A named node has its share back, also when the command that has decided it is killed before it ends.
        for (var places = await ShardPlaces.ReadAsync(cluster, first); Array.Exists(places, static p => p.Contains(5)); places = await ShardPlaces.ReadAsync(cluster, first))
        {
            var shard = Array.FindIndex(places, static p => p.Contains(5));
            var target = Enumerable.Range(1, 4).First(n => !places[shard].Contains(n));
            await cluster.AdminAsync(first, ["migrate-shard", $"--shard-id={shard}", "--from-node=5", $"--to-node={target}"], Cancellation);
            await ShardPlaces.SettledAsync(cluster, first);
        }

        await Task.Delay(LooksAgain, Cancellation);
        Assert.DoesNotContain(await ShardPlaces.ReadAsync(cluster, first), static p => p.Contains(5));

        await using var interrupted = ManagedProcess.Start(
            environment.Observer, "interrupted rebalance", environment.LogFile("rebalance"), [MfsHaPrograms.Admin, "--host", $"{first.Host.Address}", "rebalance", "--new-nodes=5"]);
        await Deadline.WaitAsync("it has decided", Limit, () => File.Exists(interrupted.LogFile) && File.ReadAllText(interrupted.LogFile).Contains(" to node 5", StringComparison.Ordinal), Cancellation);
        await interrupted.KillAsync();
        var json = JsonDocument.Parse(await cluster.AdminAsync(first, ["rebalance", "--new-nodes=5", "--timeout=120", "--output", "json"], Cancellation)).RootElement;
        Assert.Equal(("", 5, "active", Share), (
            json.GetProperty("obstacle").GetString(), json.GetProperty("nodes")[0].GetProperty("id").GetInt32(), json.GetProperty("nodes")[0].GetProperty("state").GetString(), json.GetProperty("nodes")[0].GetProperty("held").GetInt32()));
        AssertShares(await ShardPlaces.ReadAsync(cluster, first), least: Share);

        await maker.StopAsync();
        Assert.Null(maker.Failure);
        Assert.Equal(maker.Done, P.ReadDirectory($"{mount.Path}/made").Count);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"longest of {maker.Done} operations {maker.TakeLongest().TotalMilliseconds:0} ms"));
        await cluster.AdminAsync(first, ["consistency-check"], Cancellation);
        await cluster.AdminAsync(first, ["node", "drain", "4"], Cancellation);
        await RefusedAsync(cluster, "node 4 is drained", "--new-nodes=4");
    }

    private static void AssertShares(int[][] places, int least)
    {
        Assert.All(places, static p => Assert.Equal(Replicas, p.Length));
        Assert.All((int[])[4, 5], n => Assert.True(places.Count(p => p.Contains(n)) >= least, $"node {n}: {string.Join(" | ", places.Select(static p => string.Join(",", p)))}"));
    }

    private static async Task RefusedAsync(MfsHaCluster cluster, string reason, string option)
    {
        var refused = await cluster.TryAdminAsync(cluster.Nodes[0], ["rebalance", option], Cancellation);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
    }
}

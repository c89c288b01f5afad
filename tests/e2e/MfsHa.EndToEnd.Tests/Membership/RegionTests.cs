using System.Globalization;
using MfsHa.EndToEnd.Tests.Failover;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Membership;

/// <summary>Five nodes in three regions: shards are spread over all of them, and over the two that are left when a region goes, while a client works.</summary>
public sealed class RegionTests
{
    private const int Shards = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Regions of nodes 1 to 5.</summary>
    private static readonly string[] Regions = ["west", "west", "east", "east", "north"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replicas_of_a_shard_are_in_different_regions_and_a_move_into_one_has_to_be_forced()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(
            environment, Regions.Length, static id => new Dictionary<string, string> { ["HA_SHARD_COUNT"] = $"{Shards}", ["MFSHA_REGION"] = Regions[id - 1] }, Cancellation);
        await cluster.StartAsync(Cancellation);
        var first = cluster.Nodes[0];
        await Deadline.WaitAsync("the cluster knows all regions", Limit, async token => (await cluster.StatusAsync(first, token)).Nodes.OrderBy(static n => n.Id).Select(static n => n.Region).SequenceEqual(Regions), Cancellation);
        await SpreadAsync(cluster, first, regions: 3);
        Assert.Contains(", region north, leads", await cluster.AdminAsync(first, ["node", "list"], Cancellation), StringComparison.Ordinal);
        Assert.Contains("Shard 0: ", await cluster.AdminAsync(first, ["shard-status"], Cancellation), StringComparison.Ordinal);
        Assert.Contains("regions east, north, west", await cluster.AdminAsync(first, ["shard-status"], Cancellation), StringComparison.Ordinal);

        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, first.Host, "mount", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        P.MakeDirectory($"{mount.Path}/made");
        await using var maker = new StallMeter(n => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{mount.Path}/made/{n}")));

        // The only region of its own goes: everything is in both others then.
        await cluster.AdminAsync(first, ["node", "remove", "5"], Cancellation);
        await cluster.Nodes[4].Process.WaitForExitAsync(Limit);
        await SpreadAsync(cluster, first, regions: 2);

        // With a third node in the east all replicas of a shard could be there.
        var joined = MfsHaNode.Create(
            environment, MfsHaPrograms.Node, 6, await environment.Network.AddHostAsync("node6", Cancellation), new Dictionary<string, string> { ["HA_SHARD_COUNT"] = $"{Shards}", ["MFSHA_REGION"] = "east" });
        joined.Start("--join-cluster", "--node-id=6", $"--peer={first.Host.Address}");
        await joined.WaitReadyAsync(Cancellation);
        await cluster.AdminAsync(first, ["rebalance", "--new-nodes=6", "--timeout=120"], Cancellation);
        await SpreadAsync(cluster, first, regions: 2);

        var places = await ShardPlaces.ReadAsync(cluster, first);
        var shard = Array.FindIndex(places, static p => p.Count(static n => RegionOf(n) == "east") == 2);
        var from = places[shard].Single(static n => RegionOf(n) == "west");
        var to = ((int[])[3, 4, 6]).First(n => !places[shard].Contains(n));
        string[] move = ["migrate-shard", $"--shard-id={shard}", $"--from-node={from}", $"--to-node={to}"];
        var refused = await cluster.TryAdminAsync(first, move, Cancellation);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"all replicas of shard {shard} would be in one region (east): --force moves it all the same", refused.Error + refused.Output, StringComparison.Ordinal);
        await cluster.AdminAsync(first, [.. move, "--force"], Cancellation);
        await ShardPlaces.SettledAsync(cluster, first);
        await Task.Delay(TimeSpan.FromSeconds(5), Cancellation); // five looks of whoever spreads: it stays
        Assert.Equal<int>([3, 4, 6], (await ShardPlaces.ReadAsync(cluster, first))[shard].Order());

        await maker.StopAsync();
        Assert.Null(maker.Failure);
        Assert.Equal(maker.Done, Directory.GetDirectories($"{mount.Path}/made").Length);
        await cluster.AdminAsync(first, ["consistency-check"], Cancellation);
    }

    private static string RegionOf(int node) => node == 6 ? "east" : Regions[node - 1];

    private static async Task SpreadAsync(MfsHaCluster cluster, MfsHaNode asked, int regions)
    {
        await Deadline.WaitAsync($"each shard is in {regions} regions", Limit, async token =>
        {
            var places = await ShardPlaces.ReadAsync(cluster, asked);
            return places.All(p => p.Select(RegionOf).Distinct().Count() == regions);
        }, Cancellation);
        await ShardPlaces.SettledAsync(cluster, asked);
    }
}

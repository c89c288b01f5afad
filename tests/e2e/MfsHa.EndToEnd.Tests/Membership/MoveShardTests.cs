using System.Globalization;
using MfsHa.EndToEnd.Tests.Failover;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Membership;

/// <summary>Replicas of shards move from node to node by one command each, while clients work in all shards.</summary>
public sealed class MoveShardTests
{
    private const int Nodes = 5;
    private const int Shards = 4;
    private const int Replicas = 3;
    private const int Folders = 8;

    /// <summary>What is promised; what is asserted leaves room for a machine that does much else.</summary>
    private const double Promise = 1000;

    private const double AssertedStall = 4000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_shard_moves_under_load_no_request_fails_and_the_source_keeps_nothing()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(
            environment, Nodes, new Dictionary<string, string> { ["HA_SHARD_COUNT"] = $"{Shards}", ["HA_REPLICATION_FACTOR"] = $"{Replicas}" }, Cancellation);
        await cluster.StartAsync(Cancellation);
        var first = cluster.Nodes[0];
        await ShardPlaces.SettledAsync(cluster, first);
        var server = await ChunkServer.CreateAsync(environment, MooseFsRelease.V4, first.Host, "chunkserver", cancellation: Cancellation);
        server.Start();
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, first.Host, "mount", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        for (var i = 0; i < Folders; i++)
        {
            P.MakeDirectory($"{mount.Path}/{i}");
        }

        // Inodes come in ranges, each of one shard.
        Assert.True(Enumerable.Range(0, Folders).Select(i => P.Stat($"{mount.Path}/{i}").Inode >> 16).Distinct().Count() >= Shards - 1, "the load does not touch several shards");
        await Deadline.WaitAsync("files can be written", Limit, () => SyncedFiles.TryWrite($"{mount.Path}/0/first"), Cancellation);

        await using var maker = new StallMeter(n => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{mount.Path}/{n % Folders}/d{n}")));
        await using var reader = new StallMeter(n => P.Stat($"{mount.Path}/{n % Folders}"));
        await using var writer = new StallMeter(n => SyncedFiles.Write(string.Create(CultureInfo.InvariantCulture, $"{mount.Path}/{n % Folders}/f{n}")));
        List<double> stalls = [];
        var former = await ShardPlaces.ReadAsync(cluster, first);
        Assert.All(former, static nodes => Assert.Equal(Replicas, nodes.Length));
        var sources = new int[Shards];
        for (var shard = 0; shard < Shards; shard++)
        {
            // A leader from every other shard, so that both kinds of replicas leave.
            var leader = await LeaderAsync(cluster, shard);
            sources[shard] = shard % 2 == 0 ? leader : former[shard].First(n => n != leader);
            var target = Enumerable.Range(1, Nodes).First(n => !former[shard].Contains(n));
            stalls.Add(await MoveAsync(cluster, shard, sources[shard], target, maker, reader, writer));
            Assert.Equal(former[shard].Select(n => n == sources[shard] ? target : n).Order(), (await ShardPlaces.ReadAsync(cluster, first))[shard]);
        }

        // And one comes back to where it was, as another member.
        stalls.Add(await MoveAsync(cluster, 0, (await ShardPlaces.ReadAsync(cluster, first))[0].First(n => !former[0].Contains(n)), sources[0], maker, reader, writer));
        Assert.Equal(former[0], (await ShardPlaces.ReadAsync(cluster, first))[0]);
        foreach (var meter in (StallMeter[])[maker, reader, writer])
        {
            await meter.StopAsync();
            Assert.Null(meter.Failure);
        }

        var names = Enumerable.Range(0, Folders).SelectMany(i => P.ReadDirectory($"{mount.Path}/{i}")).ToArray();
        Assert.Equal((maker.Done, writer.Done + 1), (names.Count(static n => n[0] == 'd'), names.Count(static n => n[0] == 'f')));
        await cluster.AdminAsync(first, ["consistency-check"], Cancellation);
        await AssertDroppedAsync(cluster, sources);
        await cluster.AdminAsync(first, ["consistency-check"], Cancellation);
        Assert.All(stalls, static s => Assert.True(s < AssertedStall, $"{s:0} ms"));
    }

    private static async Task<double> MoveAsync(MfsHaCluster cluster, int shard, int from, int to, params StallMeter[] meters)
    {
        foreach (var meter in meters)
        {
            _ = meter.TakeLongest();
        }

        string[] move = ["migrate-shard", $"--shard-id={shard}", $"--from-node={from}", $"--to-node={to}"];
        Assert.StartsWith($"Shard {shard}: moves from node {from} to node {to}; its replicas are to be on nodes ", await cluster.AdminAsync(cluster.Nodes[1], move, Cancellation), StringComparison.Ordinal);
        await ShardPlaces.SettledAsync(cluster, cluster.Nodes[2]);

        // The same again changes nothing.
        await cluster.AdminAsync(cluster.Nodes[3], move, Cancellation);
        await Task.Delay(Calm, Cancellation);
        var longest = meters.Select(static m => m.TakeLongest()).Max().TotalMilliseconds;
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"shard {shard} from node {from} to node {to}: longest operation {longest:0} ms (promised {Promise:0}), {string.Join(", ", meters.Select(static m => m.Done))} done"));
        Assert.All(meters, static m => Assert.Null(m.Failure));
        return longest;
    }

    // What a node has on its disk shows when it has stopped; it starts again without what it has dropped.
    private static async Task AssertDroppedAsync(MfsHaCluster cluster, int[] sources)
    {
        var places = await ShardPlaces.ReadAsync(cluster, cluster.Nodes[0]);
        var (dropped, source) = Enumerable.Range(1, Shards - 1).Select(s => (Shard: s, Node: cluster.Nodes[sources[s] - 1])).First(s => !places[s.Shard].Contains(s.Node.Id));
        Assert.True(await source.StopAsync());
        ShardPlaces.AssertDropped(source, dropped, Array.FindIndex(places, p => p.Contains(source.Id)));
        source.Start();
        await source.WaitReadyAsync(Cancellation);
        await ShardPlaces.SettledAsync(cluster, cluster.Nodes[0]);
        Assert.Equal(places, await ShardPlaces.ReadAsync(cluster, cluster.Nodes[0]));
    }

    private static async Task<int> LeaderAsync(MfsHaCluster cluster, int shard)
    {
        MfsHaNode? leader = null;
        await Deadline.WaitAsync($"shard {shard} has a leader", Limit, async token => (leader = await cluster.LeaderOfAsync(shard, token)) is not null, Cancellation);
        return leader!.Id;
    }
}

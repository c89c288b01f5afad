using System.Text.Json;
using System.Text.RegularExpressions;
using MfsHa.EndToEnd.Tests.Fixtures;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Operating;

/// <summary>Every day-2 command of mfsha-admin on a real cluster: what it prints is what the cluster is.</summary>
public sealed partial class AdminCommandTests(DeploymentFixture<AdministeredCluster> fixture) : IClassFixture<DeploymentFixture<AdministeredCluster>>
{
    private const int Groups = 5;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private Deployment Deployment => fixture.Deployment;

    private MfsHaCluster Cluster => Deployment.Cluster;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_and_shard_status_name_every_leader()
    {
        await AllReadyAsync();
        var status = await RunAsync("status");
        Assert.StartsWith("Cluster Status: HEALTHY\nNodes: 3/3 online\nShards: 4/4 available\nLeaders: 4/4 elected\nReplication: 100% synchronized\n", status, StringComparison.Ordinal);
        var shards = await RunAsync("shard-status");
        Assert.Equal(Groups, ShardLine().Count(shards));
        Assert.Equal(Groups, (await JsonAsync("shard-status")).GetArrayLength());
    }

    [Fact]
    public async Task Node_status_measures_the_node()
    {
        await AllReadyAsync();
        var all = (await JsonAsync("node-status")).EnumerateArray().ToArray();
        Assert.Equal([1, 2, 3], all.Select(static node => node.GetProperty("node").GetInt32()));
        Assert.Equal([0, 1, 2, 3], all.SelectMany(static node => node.GetProperty("ledShards").EnumerateArray().Select(static shard => shard.GetInt32())).Order());
        Assert.Equal(1, all.Count(static node => node.GetProperty("leadsSystemGroup").GetBoolean()));
        foreach (var (node, json) in Cluster.Nodes.Zip(all))
        {
            // The runtime's own figure and the kernel's a moment later.
            var resident = ResidentBytes(node);
            Assert.InRange(json.GetProperty("memoryUsedBytes").GetInt64(), resident / 2, resident * 2);
            Assert.True(json.GetProperty("receivedBytesPerSecond").GetDouble() > 0, "nodes ping each other");
            Assert.NotEqual(0, json.GetProperty("crdtClock").GetArrayLength());
        }

        var text = await RunAsync("node-status", "--node-id=2");
        Assert.Matches(NodeStatus(), text);
    }

    [Fact]
    public async Task Statistics_follow_what_clients_do()
    {
        await AllReadyAsync();
        var before = await JsonAsync("raft-stats");
        var running = JsonAsync("crdt-stats");
        var folder = Path.Combine(Deployment.Mounts[0].Path, "statistics");
        Directory.CreateDirectory(folder);
        var name = 0;
        while (!running.IsCompleted)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{name++}"), "x", Cancellation);
        }

        var crdt = await running;
        Assert.True(crdt.GetProperty("writesPerSecond").GetDouble() > 0);
        Assert.True(crdt.GetProperty("cacheLookups").GetInt64() > crdt.GetProperty("cacheHits").GetInt64());
        var after = await JsonAsync("raft-stats");
        Assert.True(after.GetProperty("entriesCommitted").GetInt64() > before.GetProperty("entriesCommitted").GetInt64());
        Assert.True(after.GetProperty("heartbeatAverageMicroseconds").GetDouble() > 0);
        Assert.Matches(RaftStats(), await RunAsync("raft-stats"));
        Assert.Matches("^Operations: [0-9.]+/s \\(reads [0-9.]+/s, writes [0-9.]+/s\\)\nConflicts resolved: ", await RunAsync("crdt-stats"));
        Assert.Contains("Cluster Status: HEALTHY", await RunAsync("top", "--count", "1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caches_are_dropped_and_nothing_is_lost()
    {
        await AllReadyAsync();
        var path = $"{Deployment.Mounts[0].Path}/cached";
        Content.WriteFile(path, 1, 100_000);
        var memory = await JsonAsync("memory-stats");
        Assert.All(memory.EnumerateArray(), static node => Assert.True(node.GetProperty("hotRecords").GetInt64() > 0));
        var cleaned = await JsonAsync("cache-cleanup", "--aggressive");
        Assert.All(cleaned.EnumerateArray(), static node => Assert.True(node.GetProperty("done").GetBoolean() && node.GetProperty("hotRecordsAfter").GetInt64() < node.GetProperty("hotRecordsBefore").GetInt64()));
        Assert.Equal(3, (await RunAsync("cache-cleanup")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Content.AssertFile(path, 1, 100_000);
        Assert.Contains("Consistency: CONSISTENT", await RunAsync("consistency-check"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nodes_know_of_chunks_is_compared_while_clients_write()
    {
        await AllReadyAsync();
        var folder = Path.Combine(Deployment.Mounts[0].Path, "compared");
        Directory.CreateDirectory(folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writing = Task.Run(
            () =>
            {
                for (var name = 0; !stop.IsCancellationRequested; name++)
                {
                    Content.WriteFile(Path.Combine(folder, $"{name}"), (ulong)name, 1000);
                }
            },
            Cancellation);
        for (var round = 0; round < 3; round++)
        {
            var text = await RunAsync("consistency-check");
            TestContext.Current.TestOutputHelper?.WriteLine(text);
            Assert.Single(CrdtLine().Matches(text));
        }

        await stop.CancelAsync();
        await writing;
        var json = await JsonAsync("consistency-check");
        Assert.Equal("CONSISTENT", json.GetProperty("consistency").GetString());
        Assert.Equal(Groups, json.GetProperty("groups").GetArrayLength());
        var stream = Assert.Single(json.GetProperty("crdt").GetProperty("streams").EnumerateArray());
        var contents = stream.GetProperty("contents").EnumerateArray().ToArray();
        Assert.Equal([1, 2, 3], contents.Select(static c => c.GetProperty("node").GetInt32()));
        Assert.Single(contents.Select(static c => c.GetProperty("checksum").GetString()).Distinct());
        Assert.True(contents[0].GetProperty("copies").GetInt64() >= Directory.GetFiles(folder).Length);
    }

    [Fact]
    public async Task Leaders_go_where_they_are_told_and_come_back()
    {
        await AllReadyAsync();
        var node = (await JsonAsync("node-status")).EnumerateArray().First(static n => n.GetProperty("ledShards").GetArrayLength() > 0).GetProperty("node").GetInt32();
        var moved = await JsonAsync("force-leader-election", $"--node-id={node}");
        Assert.NotEqual(0, moved.GetArrayLength());
        Assert.All(moved.EnumerateArray(), move => Assert.True(move.GetProperty("from").GetInt32() == node && move.GetProperty("to").GetInt32() is > 0 and var to && to != node));
        await AllReadyAsync();
        Assert.Contains("Leaders are balanced; replicas stay where they are (migrate-shard moves those)\n", await RunAsync("rebalance"), StringComparison.Ordinal);
        var counts = (await JsonAsync("rebalance")).GetProperty("leaders").EnumerateObject().Select(static n => n.Value.GetArrayLength()).ToArray();
        Assert.Equal(Groups, counts.Sum());
        Assert.True(counts.Max() - counts.Min() <= 1, string.Join(' ', counts));
        Assert.True((await JsonAsync("raft-stats")).GetProperty("leadershipChangesIn24Hours").GetInt32() > 0);
    }

    [Fact]
    public async Task Configuration_is_shown_and_read_again()
    {
        await AllReadyAsync();
        Assert.Equal("HA_SHARD_COUNT = 4", (await RunAsync("config", "get", "HA_SHARD_COUNT")).Split("  ")[0]);
        var servers = new Operator(Deployment);
        await servers.ConfigureAsync("SESSION_SUSTAIN_TIME = 2h\nMFSHA_REGION = east", Cancellation);
        var reloaded = await JsonAsync("reload-config");
        Assert.All(reloaded.EnumerateArray(), static node => Assert.Equal(
            ("True", "SESSION_SUSTAIN_TIME", "MFSHA_REGION"),
            (node.GetProperty("done").ToString(), node.GetProperty("changed")[0].GetString(), node.GetProperty("waiting")[0].GetString())));
        Assert.StartsWith("SESSION_SUSTAIN_TIME = 2h  (", await RunAsync("config", "get", "SESSION_SUSTAIN_TIME", "--node-id=3"), StringComparison.Ordinal);
        Assert.StartsWith("MFSHA_REGION =   (default", await RunAsync("config", "get", "MFSHA_REGION", "--node-id=3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_reached_and_who_is_not()
    {
        await AllReadyAsync();
        Assert.Matches("^Node 1: OK \\([0-9.]+ms\\)\nNode 2: OK \\([0-9.]+ms\\)\nNode 3: OK \\([0-9.]+ms\\)\n$", await RunAsync("ping-nodes"));
        Assert.Equal("3/3 nodes reachable (QUORUM AVAILABLE)\n", await RunAsync("quorum-status"));
        Assert.Equal("No partition: all 3 nodes reach each other\n", await RunAsync("partition-status"));
        Assert.Equal(3, (await RunAsync("port-check", "--port=9421")).Split(": OPEN (").Length - 1);
        Assert.EndsWith("Failover: SAFE (any one node may be lost)\n", await RunAsync("failover-test", "--simulate"), StringComparison.Ordinal);

        var away = Cluster.Nodes[2];
        await away.Host.CutOffAsync(Cancellation);
        try
        {
            await Deadline.WaitAsync(
                "node 3 is missed", Soon,
                async token => (await Cluster.TryAdminAsync(Cluster.Nodes[0], ["partition-status"], token)).Output.StartsWith("PARTITION: {1, 2} | {3}\n", StringComparison.Ordinal), Cancellation);
            Assert.Contains("Node 3: TIMEOUT\n", await FailsAsync(1, "ping-nodes"), StringComparison.Ordinal);
            await Deadline.WaitAsync(
                "the others lead", Soon,
                async token => (await Cluster.TryAdminAsync(Cluster.Nodes[0], ["quorum-status"], token)).Output == "2/3 nodes reachable (QUORUM AVAILABLE)\n", Cancellation);
            Assert.Contains("QUORUM LOST", await FailsAsync(1, "failover-test", "--simulate"), StringComparison.Ordinal);
            Assert.Contains("NOT BALANCED: node 3 does not answer", await FailsAsync(1, "rebalance"), StringComparison.Ordinal);
            Assert.Contains("Node 3 (", await FailsAsync(1, "port-check", "--port=9421"), StringComparison.Ordinal);
        }
        finally
        {
            await away.Host.ReconnectAsync(CancellationToken.None);
        }

        await AllReadyAsync();
    }

    private static long ResidentBytes(MfsHaNode node)
    {
        var line = File.ReadLines($"/proc/{node.Process.Id}/status").First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Tests share the cluster: what one of them moved must have come to rest.</summary>
    private Task AllReadyAsync() => Deadline.WaitAsync(
        "the cluster is healthy", Soon, async token => (await Cluster.TryAdminAsync(Cluster.Nodes[0], ["status"], token)).ExitCode == 0, Cancellation);

    private Task<string> RunAsync(params string[] command) => Cluster.AdminAsync(Cluster.Nodes[0], command, Cancellation);

    private async Task<string> FailsAsync(int exitCode, params string[] command)
    {
        var result = await Cluster.TryAdminAsync(Cluster.Nodes[0], command, Cancellation);
        Assert.Equal(exitCode, result.ExitCode);
        return result.Output;
    }

    private async Task<JsonElement> JsonAsync(params string[] command) => JsonDocument.Parse(await RunAsync([.. command, "--output", "json"])).RootElement;

    [GeneratedRegex("^(System group|Shard [0-3]): leader node [1-3], term [0-9]+, committed [0-9]+, replicas 3/3 online, synchronized$", RegexOptions.Multiline)]
    private static partial Regex ShardLine();

    [GeneratedRegex(
        "^Node 2: (LEADER|FOLLOWER) \\(shards: .*\\)\nState: ready, up [0-9:]+, version [0-9.]+, [0-9.]+\nMemory: [0-9.]+[MG]B / [0-9.]+GB \\([0-9]+%\\)\nNetwork: [0-9.]+[KM]?B/s in, [0-9.]+[KM]?B/s out\nCRDT Clock: \\(chunkserver 1: [0-9]+\\)\n(Formats: reads [0-9-]+, the cluster writes [0-9]+\n)?$")]
    private static partial Regex NodeStatus();

    [GeneratedRegex("^CRDT state: chunkserver 1: 3 nodes agree at change [0-9]+ \\([0-9]+ cop(y|ies), checksum [0-9a-f]{16}\\)\nConsistency: CONSISTENT$", RegexOptions.Multiline)]
    private static partial Regex CrdtLine();

    [GeneratedRegex(
        "^Elections: [0-9]+ total, [0-9]+ failed\nLog entries: [0-9]+ committed, [0-9]+ pending\nHeartbeat RTT: [0-9.]+ms average, [0-9.]+ms longest\nLeadership changes in last 24h: [0-9]+\nElections as seen by node [1-3] in [0-9:]+\n$")]
    private static partial Regex RaftStats();
}

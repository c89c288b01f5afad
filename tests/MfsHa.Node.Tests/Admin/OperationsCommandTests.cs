using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfsHa.Node.Tests.Admin;

/// <summary>Texts, JSON and exit codes of mfsha-admin's day-2 commands, over a running admin service.</summary>
public sealed class OperationsCommandTests : IAsyncLifetime
{
    private const ulong GB = 1_000_000_000;

    private readonly FakeCluster _cluster = new();
    private AdminServer _server = null!;

    private string Port => _server.LocalEndPoint.Port.ToString(CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync() =>
        _server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, NullLoggerFactory.Instance, AdminGate.Open, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Node_status_has_the_lines_that_scripts_look_for()
    {
        NodeDetails before = Details(1, uptime: 10_000);
        NodeDetails now = Details(1, uptime: 12_000);
        for (uint group = 0; group < 29; group++)
        {
            now.Replicas.Add(new ReplicaDetails { Group = group, Leads = group is >= 13 and <= 16 or >= 25 and <= 28 });
        }

        now.Memory.UsedBytes = 12_500_000_000;
        now.Memory.TotalBytes = 32 * GB;
        now.Network.ReceivedBytes = before.Network.ReceivedBytes + 2_400_000;
        now.Network.SentBytes = before.Network.SentBytes + 1_600_000;
        now.Crdt.Clock.Add(new StreamClock { Owner = 1, Epoch = 99, Seen = 42 });
        now.Crdt.Clock.Add(new StreamClock { Owner = 2, Epoch = 98, Seen = 17 });
        Answer([before], [now]);
        (int exitCode, string output, _) = await RunAsync("node-status", "--node-id=1");
        Assert.Equal(0, exitCode);
        Assert.Equal(
            "Node 1: LEADER (shards: 12-15, 24-27)\nState: ready, up 00:00:12, version 0.1.0, n1\nMemory: 12.5GB / 32GB (39%)\nNetwork: 1.2MB/s in, 800KB/s out\nCRDT Clock: (chunkserver 1: 42, chunkserver 2: 17)\n",
            output);
        Assert.All(_cluster.Requests, static request => Assert.Equal([1u], ((GetNodeDetailsRequest)request).Nodes));
    }

    [Fact]
    public async Task Node_status_tells_followers_and_who_is_away()
    {
        NodeDetails follower = Details(2, uptime: 1000);
        follower.Replicas.AddRange([new ReplicaDetails { Group = 0 }, new ReplicaDetails { Group = 1 }]);
        Answer([follower, new NodeDetails { Node = 3 }]);
        (int exitCode, string output, _) = await RunAsync("node-status");
        Assert.Equal(1, exitCode);
        Assert.StartsWith("Node 2: FOLLOWER (shards: 0)\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Network", output, StringComparison.Ordinal); // its clock stood still: nothing can be said
        Assert.EndsWith("Node 3: OFFLINE\n", output, StringComparison.Ordinal);
        (_, output, _) = await RunAsync("node-status", "-o", "json");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((2, false), (json.GetArrayLength(), json[1].GetProperty("online").GetBoolean()));
    }

    [Fact]
    public async Task Shard_status_names_leaders_and_who_is_behind()
    {
        (int exitCode, string output, _) = await RunAsync("shard-status");
        Assert.Equal(0, exitCode);
        Assert.Equal(
            "System group: leader node 1, term 3, committed 123, replicas 3/3 online, synchronized\nShard 0: leader node 2, term 3, committed 123, replicas 3/3 online, synchronized\n", output);
        _cluster.Status.Groups[1].Replicas[2].Online = false;
        (exitCode, output, _) = await RunAsync("shard-status");
        Assert.Equal(1, exitCode);
        Assert.Contains("replicas 2/3 online, 1 BEHIND OR OFFLINE", output, StringComparison.Ordinal);
        _cluster.Status.Groups[1].Leader = 0;
        (exitCode, output, _) = await RunAsync("shard-status");
        Assert.Equal(2, exitCode);
        Assert.Contains("Shard 0: NO LEADER", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raft_stats_sum_over_groups_as_the_oldest_node_saw_them()
    {
        NodeDetails old = Details(1, uptime: 3_600_000);
        old.Replicas.Add(new ReplicaDetails { Group = 0, Leads = true, Leader = 1, Term = 5, Committed = 100, Last = 103, Elections = 4, FailedElections = 1, LeaderChanges = 2 });
        old.Replicas.Add(new ReplicaDetails { Group = 1, Leader = 2, Term = 2, Committed = 10, Last = 10, Elections = 1, LeaderChanges = 1 });
        old.Peers.Add(new PeerDetails { Node = 2, Reachable = true, RoundTripMicroseconds = 300 });
        NodeDetails young = Details(2, uptime: 1000);
        young.Replicas.Add(new ReplicaDetails { Group = 0, Leader = 1, Term = 5, Committed = 99, Last = 103, Elections = 1 });
        young.Replicas.Add(new ReplicaDetails { Group = 1, Leads = true, Leader = 2, Term = 2, Committed = 12, Last = 12 });
        young.Peers.Add(new PeerDetails { Node = 1, Reachable = true, RoundTripMicroseconds = 500 });
        Answer([old, young, new NodeDetails { Node = 3 }]);
        (int exitCode, string output, _) = await RunAsync("raft-stats");
        Assert.Equal(0, exitCode);
        Assert.Equal(
            "Elections: 5 total, 1 failed\nLog entries: 112 committed, 3 pending\nHeartbeat RTT: 0.4ms average, 0.5ms longest\nLeadership changes in last 24h: 3\nElections as seen by node 1 in 01:00:00\n", output);
        (_, output, _) = await RunAsync("raft-stats", "-o", "json");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((5, 2), (json.GetProperty("electionsTotal").GetInt32(), json.GetProperty("groups").GetArrayLength()));
    }

    [Fact]
    public async Task Crdt_stats_count_a_write_once_and_a_read_where_it_is_answered()
    {
        NodeDetails[] before = [Details(1, uptime: 1000), Details(2, uptime: 5000)];
        NodeDetails[] now = [Details(1, uptime: 3000), Details(2, uptime: 7000)];
        before[0].Replicas.Add(new ReplicaDetails { Group = 1, Leads = true, Reads = 100, Writes = 50 });
        now[0].Replicas.Add(new ReplicaDetails { Group = 1, Leads = true, Reads = 120, Writes = 60 });
        before[1].Replicas.Add(new ReplicaDetails { Group = 1, Reads = 10, Writes = 50 });
        now[1].Replicas.Add(new ReplicaDetails { Group = 1, Reads = 40, Writes = 60 });
        now[0].Memory.HotLookups = 1000;
        now[0].Memory.HotHits = 973;
        now[1].Crdt.MergedDeltas = 7;
        now[1].Crdt.SupersededDeltas = 2;
        now[1].Crdt.RaisedCounters = 3;
        now[0].Crdt.GrownSets = 4;
        (now[0].Memory.UsedBytes, now[0].Memory.ColdRecords) = (200_000_000, 500_000);
        now[1].Memory.UsedBytes = 0;
        Answer(before, now);
        (_, string output, _) = await RunAsync("crdt-stats");
        Assert.Equal(
            "Operations: 30.0/s (reads 25.0/s, writes 5.0/s)\nConflicts resolved: 9 (LWW 2, counter 3, set 4)\nDeltas merged: 7\nCache hit rate: 97.3% of 1000 look-ups in the HOT tier\nMemory efficiency: 400B for each record (200MB for about 500000)\nChunks with known copies: 0\n", output);
    }

    [Fact]
    public async Task Memory_stats_warn_when_memory_runs_out()
    {
        NodeDetails node = Details(1, uptime: 1000);
        node.Memory = new MemoryDetails
        {
            UsedBytes = 4 * GB, TotalBytes = 32 * GB, ManagedBytes = GB, HotRecords = 50, HotLimitRecords = 200, WarmBytes = GB / 2, WarmLimitBytes = GB, ColdBytes = 3 * GB, ColdRecords = 777,
        };
        Answer([node]);
        (int exitCode, string output, _) = await RunAsync("memory-stats");
        Assert.Equal(0, exitCode);
        Assert.Equal(
            "Node 1: 4GB of 32GB used (13%), managed heap 1GB\n  HOT tier: 50 of 200 records (25%)\n  WARM tier: 500MB of 1GB (50%)\n  COLD tier: 3GB, about 777 records\n", output);
        node.Memory.UsedBytes = 30 * GB;
        (exitCode, output, _) = await RunAsync("memory-stats");
        Assert.Equal(1, exitCode);
        Assert.EndsWith("WARNING: node 1 uses 94% of its memory\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quorum_status_says_whether_there_is_one()
    {
        Assert.Equal((0, "3/3 nodes reachable (QUORUM AVAILABLE)\n", ""), await RunAsync("quorum-status"));
        _cluster.Status.Nodes[2].Online = false;
        foreach (GroupStatus group in _cluster.Status.Groups)
        {
            group.Replicas[2].Online = false;
        }

        Assert.Equal((0, "2/3 nodes reachable (QUORUM AVAILABLE)\n", ""), await RunAsync("quorum-status"));
        _cluster.Status.Nodes[1].Online = false;
        foreach (GroupStatus group in _cluster.Status.Groups)
        {
            group.Replicas[1].Online = false;
        }

        Assert.Equal((2, "1/3 nodes reachable (QUORUM LOST)\nWithout quorum: system group, shard 0\n", ""), await RunAsync("quorum-status"));
    }

    [Fact]
    public async Task Partition_status_tells_broken_links_from_parts()
    {
        NodeDetails[] nodes = [Seeing(1, 2, 3), Seeing(2, 1, 3), Seeing(3, 1, 2)];
        Answer(nodes);
        Assert.Equal((0, "No partition: all 3 nodes reach each other\n", ""), await RunAsync("partition-status"));
        nodes[0].Peers[1].Reachable = false;
        Assert.Equal((1, "No partition, but links are broken; calls go through a third node\nNode 1 does not reach node 3\n", ""), await RunAsync("partition-status"));
        nodes[1].Peers[1].Reachable = false;
        nodes[2] = new NodeDetails { Node = 3 };
        Answer(nodes);
        Assert.Equal(
            (2, "PARTITION: {1, 2} | {3}\nNode 1 does not reach node 3\nNode 2 does not reach node 3\nNode 3 does not answer: it is down, or cut off\n", ""), await RunAsync("partition-status"));
    }

    [Fact]
    public async Task Ping_nodes_tells_times_and_who_does_not_answer()
    {
        _cluster.Pings.Nodes.Add(new PingResult { Node = 1, Answered = true, RoundTripMicroseconds = 2300 });
        Assert.Equal((0, "Node 1: OK (2.3ms)\n", ""), await RunAsync("ping-nodes"));
        _cluster.Pings.Nodes.Add(new PingResult { Node = 3, Error = "it does not answer pings" });
        Assert.Equal((1, "Node 1: OK (2.3ms)\nNode 3: TIMEOUT\n", ""), await RunAsync("ping-nodes"));
    }

    [Fact]
    public async Task Port_check_tries_the_port_of_each_node()
    {
        foreach (NodeStatus node in _cluster.Status.Nodes)
        {
            node.Host = "127.0.0.1";
        }

        (int exitCode, string output, _) = await RunAsync("port-check", "--port", Port);
        Assert.Equal(0, exitCode);
        Assert.StartsWith($"Node 1 (127.0.0.1:{Port}): OPEN (", output, StringComparison.Ordinal);
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        (exitCode, output, _) = await RunAsync("port-check", "--port", ((System.Net.IPEndPoint)unused.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(1, exitCode);
        Assert.Contains(": CLOSED (", output, StringComparison.Ordinal);
        Assert.Equal(64, (await RunAsync("port-check")).ExitCode);
    }

    [Fact]
    public async Task Elections_and_rebalancing_tell_what_moved()
    {
        Assert.Equal((0, "Node 2 leads nothing\n", ""), await RunAsync("force-leader-election", "--node-id", "2"));
        _cluster.Elections.Moves.Add(new LeaderMove { Group = 1, From = 2, To = 3, Term = 7 });
        Assert.Equal((0, "Shard 0: node 2 -> node 3 (term 7)\n", ""), await RunAsync("force-leader-election", "--node-id", "2"));
        _cluster.Elections.Moves.Add(new LeaderMove { Group = 0, From = 2 });
        Assert.Equal((2, "Shard 0: node 2 -> node 3 (term 7)\nSystem group: node 2 -> NO LEADER YET\n", ""), await RunAsync("force-leader-election", "--node-id", "2"));
        Assert.Equal(64, (await RunAsync("force-leader-election")).ExitCode);

        _cluster.Rebalanced.Leaders.AddRange([new NodeLeaders { Node = 1, Groups = { 0, 1, 2 } }, new NodeLeaders { Node = 2 }]);
        Assert.Equal(
            (0, "Leaders moved: 0\nNode 1 leads shards 0-1 and the system group\nNode 2 leads nothing\nLeaders are balanced; replicas stay where they are (migrate-shard moves those)\n", ""), await RunAsync("rebalance"));
        _cluster.Rebalanced.Obstacle = "node 3 does not answer";
        (int exitCode, string output, _) = await RunAsync("rebalance", "--strategy=balanced");
        Assert.Equal((1, true), (exitCode, output.EndsWith("NOT BALANCED: node 3 does not answer\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_migration_is_decided_and_then_told_of()
    {
        Assert.Equal(
            (0, "Shard 15: moves from node 2 to node 4; its replicas are to be on nodes 1, 3, 4\nIt goes on by itself: mfsha-admin migration-status shows how far it is\n", ""),
            await RunAsync("migrate-shard", "--shard-id=15", "--from-node=2", "--to-node=4"));
        Assert.Equal(new MigrateShardRequest { Shard = 15, FromNode = 2, ToNode = 4 }, _cluster.Requests[^1]);
        foreach (string[] wrong in (string[][])[["migrate-shard"], ["migrate-shard", "--shard-id=-1", "--from-node=2", "--to-node=4"], ["migrate-shard", "--shard-id=1", "--from-node=2", "--to-node=0"]])
        {
            Assert.Equal(64, (await RunAsync(wrong)).ExitCode);
        }

        _cluster.Migrations.Shards.Add(new ShardMigration { Shard = 0, Wanted = { 1, 2, 3 }, Members = { 1, 2, 3 }, Committed = 9, Done = true, Replicas = { Replica(1, 9), Replica(2, 9), Replica(3, 9) } });
        Assert.Equal((0, "Shards: 1/1 where they are to be; nothing moves\n", ""), await RunAsync("migration-status"));
        _cluster.Migrations.Shards.Add(new ShardMigration { Shard = 15, Wanted = { 1, 3, 4 }, Members = { 1, 2, 3 }, Committed = 900, Replicas = { Replica(1, 900), Replica(2, 900), Replica(3, 899), Replica(4, 250) } });
        _cluster.Migrations.Shards.Add(new ShardMigration { Shard = 16, Wanted = { 1, 3, 4 }, Members = { 1, 3, 4 }, Committed = 7, Replicas = { Replica(1, 7), Replica(2, 5), Replica(3, 7), Replica(4, 7) } });
        _cluster.Migrations.Shards.Add(new ShardMigration { Shard = 17, Wanted = { 5 } });
        Assert.Equal(
            (1,
                "Shard 15: members 1, 2, 3, to be 1, 3, 4: node 2 to be removed; node 4 catching up, 650 entries behind\n"
                + "Shard 16: members 1, 3, 4, to be 1, 3, 4: node 2 being deleted\n"
                + "Shard 17: NO MEMBER ANSWERS, to be 5: node 5 waiting to begin\n"
                + "Shards: 1/4 where they are to be\n",
                ""),
            await RunAsync("migration-status"));
        (int exitCode, string output, _) = await RunAsync("migration-status", "-o", "json");
        JsonElement moving = JsonDocument.Parse(output).RootElement[1];
        Assert.Equal((1, 15, false), (exitCode, moving.GetProperty("shard").GetInt32(), moving.GetProperty("done").GetBoolean()));
        Assert.Equal((4, 650, "catching up"), (moving.GetProperty("replicas")[3].GetProperty("node").GetInt32(), moving.GetProperty("replicas")[3].GetProperty("behind").GetInt32(), moving.GetProperty("replicas")[3].GetProperty("state").GetString()));

        _cluster.Refusal = new AdminException(AdminFailure.Refused, "node 4 is drained");
        (exitCode, _, string error) = await RunAsync("migrate-shard", "--shard-id=15", "--from-node=2", "--to-node=4");
        Assert.Equal((1, true), (exitCode, error.Contains("node 4 is drained", StringComparison.Ordinal)));

        static MigratedReplica Replica(uint node, ulong applied) => new() { Node = node, Applied = applied };
    }

    [Fact]
    public async Task Reload_and_config_tell_keys_and_what_a_change_needs()
    {
        _cluster.Reloads.Nodes.Add(new ReloadResult { Node = 1, Done = true, Changed = { "ATIME_MODE" }, Waiting = { "MFSHA_PORT" } });
        Assert.Equal((0, "Node 1: reloaded, changed: ATIME_MODE\nNode 1: these keep their values until a restart: MFSHA_PORT\n", ""), await RunAsync("reload-config"));
        _cluster.Reloads.Nodes.Add(new ReloadResult { Node = 2, Error = "mfsha.cfg:3: nonsense" });
        Assert.Equal(1, (await RunAsync("reload-config")).ExitCode);
        Assert.Contains("Node 2: NOT RELOADED: mfsha.cfg:3: nonsense", (await RunAsync("reload-config")).Output, StringComparison.Ordinal);

        _cluster.Configuration.Node = 2;
        _cluster.Configuration.Values.Add(new ConfigurationValue { Key = "MFSHA_PORT", Value = "9430", Origin = "default", Needs = ChangeNeeds.Restart });
        _cluster.Configuration.Values.Add(new ConfigurationValue { Key = "AUTH_CODE", Value = "[DEFINED]", Origin = "mfsha.cfg:2", Needs = ChangeNeeds.Reload });
        Assert.Equal((0, "MFSHA_PORT = 9430  (default; a change needs a restart)\n", ""), await RunAsync("config", "get", "mfsha_port"));
        (_, string output, _) = await RunAsync("config", "get", "-o", "json", "--node-id", "2");
        JsonElement value = JsonDocument.Parse(output).RootElement.GetProperty("values")[1];
        Assert.Equal(("AUTH_CODE", "[DEFINED]", "reload"), (value.GetProperty("key").GetString(), value.GetProperty("value").GetString(), value.GetProperty("changeNeeds").GetString()));
        Assert.Equal(64, (await RunAsync("config", "get", "NO_SUCH_KEY")).ExitCode);
    }

    [Fact]
    public async Task Cache_cleanup_tells_before_and_after()
    {
        _cluster.Cleaned.Nodes.Add(new CleanResult
        {
            Node = 1, Done = true,
            Before = new MemoryDetails { UsedBytes = 2 * GB, HotRecords = 9, WarmBytes = GB },
            After = new MemoryDetails { UsedBytes = GB, HotRecords = 0, WarmBytes = 1000 },
        });
        Assert.Equal((0, "Node 1: memory 2GB -> 1GB, HOT tier 9 -> 0 records, WARM tier 1GB -> 1KB\n", ""), await RunAsync("cache-cleanup", "--aggressive"));
        Assert.True(((CleanCachesRequest)_cluster.Requests.Last()).Aggressive);
    }

    [Fact]
    public async Task Failover_test_says_what_the_loss_of_a_node_means()
    {
        Assert.Equal(
            (0, "Node 1 fails: quorum kept, new leaders for the system group\nNode 2 fails: quorum kept, new leaders for shard 0\nNode 3 fails: quorum kept, no election\nFailover: SAFE (any one node may be lost)\n", ""),
            await RunAsync("failover-test", "--simulate"));
        _cluster.Status.Groups[1].Replicas[0].Online = false;
        (int exitCode, string output, _) = await RunAsync("failover-test", "--simulate");
        Assert.Equal(1, exitCode);
        Assert.Contains("Node 1 fails: quorum kept, new leaders for the system group\nNode 2 fails: QUORUM LOST for shard 0\n", output, StringComparison.Ordinal);
        Assert.Equal(64, (await RunAsync("failover-test")).ExitCode);
    }

    [Fact]
    public async Task Failover_test_moves_leaders_and_tells_how_long_changes_stood_still()
    {
        _cluster.Status.Nodes[2].Online = false;
        _cluster.Probes.Groups.Add(new GroupProbe { Group = 1, Microseconds = 312_400 });
        _cluster.Elections.Moves.Add(new LeaderMove { Group = 1, From = 1, To = 2 });
        (int exitCode, string output, _) = await RunAsync("failover-test", "--execute");
        Assert.Equal(0, exitCode);
        Assert.Matches("^Nothing touched: \\d+ changes, the longest took 312 ms\nNode 1 gives away shard 0: .*\nNode 2 gives away .*\nFailover: all \\d+ changes were made, the longest took 312 ms\n$", output);
        _cluster.Probes.Groups.Add(new GroupProbe { Group = 0, Error = "no leader" });
        (exitCode, output, _) = await RunAsync("failover-test", "--execute");
        Assert.Equal(1, exitCode);
        Assert.Contains("FAILED: system group: no leader", output, StringComparison.Ordinal);
        Assert.Equal(64, (await RunAsync("failover-test", "--execute", "--simulate")).ExitCode);
    }

    [Fact]
    public async Task Config_set_tells_each_node_and_what_was_refused()
    {
        _cluster.Set.Nodes.Add(new SetResult { Node = 1, Done = true, Value = new ConfigurationValue { Key = "ATIME_MODE", Value = "3", Origin = "cluster", Needs = ChangeNeeds.Reload } });
        Assert.Equal((0, "Node 1: ATIME_MODE = 3  (cluster)\n", ""), await RunAsync("config", "set", "ATIME_MODE", "3"));
        Assert.Equal(("ATIME_MODE", "3", false), _cluster.Requests.OfType<SetConfigurationRequest>().Select(static r => (r.Key, r.Value, r.Unset)).Single());
        _cluster.Set.Nodes.Add(new SetResult { Node = 2, Error = "node 2 does not answer" });
        (int exitCode, string output, _) = await RunAsync("config", "unset", "ATIME_MODE");
        Assert.Equal(1, exitCode);
        Assert.Contains("Node 2: NOT IN FORCE: node 2 does not answer", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_prints_pictures_where_there_is_no_terminal()
    {
        NodeDetails node = Details(1, uptime: 1000);
        node.Replicas.Add(new ReplicaDetails { Group = 1, Leads = true });
        Answer([node, new NodeDetails { Node = 2 }]);
        (int exitCode, string output, _) = await RunAsync("top", "--count", "1");
        Assert.Equal(0, exitCode);
        Assert.Contains("Cluster Status: HEALTHY", output, StringComparison.Ordinal);
        Assert.Contains("| shard 0 |", output, StringComparison.Ordinal);
        Assert.Contains("OFFLINE", output, StringComparison.Ordinal);
    }

    private static NodeDetails Details(uint id, ulong uptime) => new()
    {
        Node = id, Online = true, Ready = true, Host = $"n{id}", Version = "0.1.0+abc", UptimeMilliseconds = uptime,
        Memory = new MemoryDetails { UsedBytes = GB, TotalBytes = 10 * GB }, Network = new NetworkDetails { ReceivedBytes = 1000, SentBytes = 2000 }, Crdt = new CrdtDetails(),
    };

    private static NodeDetails Seeing(uint id, params uint[] others)
    {
        NodeDetails node = Details(id, uptime: 1000);
        node.Peers.AddRange(others.Select(static o => new PeerDetails { Node = o, Reachable = true, RoundTripMicroseconds = 200 }));
        return node;
    }

    private void Answer(params NodeDetails[][] answers)
    {
        _cluster.Details.Clear();
        foreach (NodeDetails[] answer in answers)
        {
            _cluster.Details.Enqueue(new GetNodeDetailsReply { AnsweredBy = 1, Nodes = { answer } });
        }
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exitCode = await AdminCommand.RunAsync([.. arguments, "--host", $"127.0.0.1:{Port}"], output, error, static _ => null);
        return (exitCode, output.ToString(), error.ToString());
    }
}

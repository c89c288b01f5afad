using System.Globalization;
using System.Text.Json;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Contract;
using MfsHa.Node.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfsHa.Node.Tests.Admin;

/// <summary>Texts, JSON and exit codes of <c>rebalance --new-nodes</c> and <c>reconcile</c>, over a running admin service.</summary>
public sealed class BalanceCommandTests : IAsyncLifetime
{
    private readonly FakeCluster _cluster = new();
    private AdminServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, NullLoggerFactory.Instance, AdminGate.Open, TestContext.Current.CancellationToken);
        foreach (NodeStatus node in _cluster.Status.Nodes)
        {
            node.Membership = Membership.Active;
        }

        _cluster.Status.Nodes.Add(new NodeStatus { Id = 4, Online = true, Membership = Membership.Joining });
        _cluster.Rebalanced.Leaders.Add(new NodeLeaders { Node = 4, Groups = { 1 } });
        _cluster.Shares.Share = 2;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Rebalance_waits_until_new_nodes_hold_their_share_and_tells_how_far_they_are()
    {
        _cluster.Shares.Moves.Add(new ReplicaMove { Shard = 1, FromNode = 2, ToNode = 4 });
        _cluster.Migrations.Shards.AddRange([Shard(0, true, 1, 2, 3), Shard(1, false, 1, 3, 4)]);
        int asked = 0;
        _cluster.MigrationsAsked = () =>
        {
            switch (++asked)
            {
                case 2:
                    _cluster.Migrations.Shards[1].Done = true;
                    break;
                case 3:
                    _cluster.Status.Nodes[3].Membership = Membership.Active;
                    _cluster.Migrations.Shards[0] = Shard(0, false, 1, 2, 4);
                    break;
                case 4:
                    _cluster.Migrations.Shards[0].Done = true;
                    break;
            }
        };
        Assert.Equal(
            (0,
                "Shard 1: moves from node 2 to node 4\nNode 4: joining, 0 of 2 replicas in place\nNode 4: joining, 1 of 2 replicas in place\nNode 4: active, 1 of 2 replicas in place\nNode 4: active, 2 of 2 replicas in place\n"
                + "Leaders moved: 0\nNode 4 leads shard 0\nNodes 4 have their replicas, and leaders are balanced\n",
                ""),
            await RunAsync("rebalance", "--new-nodes=4,4", "--strategy=balanced"));
        Assert.Equal(new GiveSharesRequest { Nodes = { 4 } }, _cluster.Requests.OfType<GiveSharesRequest>().Single());
    }

    [Fact]
    public async Task Rebalance_says_what_is_in_the_way_of_new_nodes()
    {
        foreach (string wrong in (string[])["--new-nodes=", "--new-nodes=0", "--new-nodes=4,x", "--new-nodes=70000"])
        {
            Assert.Equal(64, (await RunAsync("rebalance", wrong)).ExitCode);
        }

        _cluster.Migrations.Shards.AddRange([Shard(0, true, 1, 2, 4), Shard(1, true, 1, 2, 3)]);
        _cluster.Status.Nodes[3].Membership = Membership.Active;
        (int exitCode, string output, _) = await RunAsync("rebalance", "--new-nodes=4", "-o", "json");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((1, "node 4 has 1 of the 2 replicas that are its share: somebody has moved others away again"), (exitCode, json.GetProperty("obstacle").GetString()));
        Assert.Equal((4, "active", 1, 1, 2), (
            json.GetProperty("nodes")[0].GetProperty("id").GetInt32(), json.GetProperty("nodes")[0].GetProperty("state").GetString(), json.GetProperty("nodes")[0].GetProperty("placed").GetInt32(),
            json.GetProperty("nodes")[0].GetProperty("held").GetInt32(), json.GetProperty("nodes")[0].GetProperty("share").GetInt32()));

        _cluster.Status.Nodes[3].Membership = Membership.Draining;
        (exitCode, output, _) = await RunAsync("rebalance", "--new-nodes=4");
        Assert.Equal((1, true), (exitCode, output.EndsWith("NOT BALANCED: node 4 is drained\n", StringComparison.Ordinal)));

        // Something that does not end is given up in time, and goes on by itself.
        _cluster.Status.Nodes[3].Membership = Membership.Joining;
        (exitCode, output, _) = await RunAsync("rebalance", "--new-nodes=4", "--timeout=1");
        Assert.Equal((2, true), (exitCode, output.EndsWith("NOT BALANCED: it takes longer than --timeout; it goes on by itself, and the same command waits for it again\n", StringComparison.Ordinal)));

        _cluster.Refusal = new AdminException(AdminFailure.Refused, "there is no node 9");
        (exitCode, _, string error) = await RunAsync("rebalance", "--new-nodes=9");
        Assert.Equal((1, true), (exitCode, error.Contains("there is no node 9", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reconcile_tells_what_is_missing_where()
    {
        _cluster.Reconciled.Nodes.AddRange([new ReconciledNode { Node = 1 }, new ReconciledNode { Node = 2 }]);
        Assert.Equal((0, "CRDT state: the same on all 2 nodes\n", ""), await RunAsync("reconcile"));
        Assert.False(((ReconcileRequest)_cluster.Requests[^1]).Force);

        _cluster.Reconciled.Nodes[1].Missing.AddRange([
            new MissingState { ChunkServer = 1, Epoch = 7, Seen = 705, Known = 919 }, new MissingState { ChunkServer = 2, Epoch = 8, Seen = 5, Known = 5, End = true },
            new MissingState { ChunkServer = 3, Epoch = 9, Seen = 0, Known = 4, End = true }]);
        Assert.Equal(
            (1,
                "Node 2 LACKS 214 changes of chunkserver 1 (it has 705 of 919)\nNode 2 LACKS the end of a connection of chunkserver 2\nNode 2 LACKS 4 changes of chunkserver 3 (it has 0 of 4), and the end of that connection\n"
                + "CRDT state: whole on 1 of 2 nodes; reconcile --force has the others get it\n",
                ""),
            await RunAsync("reconcile"));
        _cluster.Reconciled.Nodes[1].Missing.Clear();
        _cluster.Reconciled.Nodes[0].Error = "node 1 does not answer";
        Assert.Equal((2, "Node 1: NOT ASKED: node 1 does not answer\nCRDT state: whole on 1 of 2 nodes; reconcile --force has the others get it\n", ""), await RunAsync("reconcile"));
    }

    [Fact]
    public async Task Reconcile_by_force_tells_what_was_got_and_compares_replicas()
    {
        _cluster.Checksums.AddRange([Checksum(1, 9), Checksum(2, 9)]);
        _cluster.Reconciled.Nodes.AddRange([new ReconciledNode { Node = 1, Asked = { 2 } }, new ReconciledNode { Node = 2, Asked = { 1, 3 }, Missing = { new MissingState { ChunkServer = 1, Seen = 5, Known = 9 } } }]);
        (int exitCode, string output, _) = await RunAsync("reconcile", "--force");
        Assert.Equal(0, exitCode);
        Assert.StartsWith(
            "Node 1 has asked node 2\nNode 2 lacked 4 changes of chunkserver 1 (it has 5 of 9)\nNode 2 has asked nodes 1, 3\nCRDT state: the same on all 2 nodes\n", output, StringComparison.Ordinal);
        Assert.EndsWith("Consistency: CONSISTENT\n", output, StringComparison.Ordinal);
        Assert.True(_cluster.Requests.OfType<ReconcileRequest>().Single().Force);

        _cluster.Reconciled.Nodes[1].Left.Add(new MissingState { ChunkServer = 1, Seen = 8, Known = 9 });
        (exitCode, output, _) = await RunAsync("reconcile", "--force", "-o", "json");
        JsonElement json = JsonDocument.Parse(output).RootElement;
        Assert.Equal((1, 8, "CONSISTENT"), (exitCode, json.GetProperty("nodes")[1].GetProperty("left")[0].GetProperty("seen").GetInt32(), json.GetProperty("consistency").GetProperty("consistency").GetString()));

        _cluster.Reconciled.Nodes[1].Left.Clear();
        _cluster.Checksums[1] = Checksum(2, 8);
        Assert.Equal(1, (await RunAsync("reconcile", "--force")).ExitCode);
    }

    private static ReplicaChecksum Checksum(uint node, byte value) => new() { Group = 0, Node = node, Index = 5, Checksum = Google.Protobuf.ByteString.CopyFrom(value) };

    private static ShardMigration Shard(uint shard, bool done, params uint[] wanted) => new() { Shard = shard, Done = done, Wanted = { wanted }, Members = { wanted } };

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exitCode = await AdminCommand.RunAsync([.. arguments, "--host", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_server.LocalEndPoint.Port}")], output, error, static _ => null);
        return (exitCode, output.ToString(), error.ToString());
    }
}

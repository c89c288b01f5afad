using System.Text.Json;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Incidents;

/// <summary>Nodes differ in what they know of chunks, because they tell each other once an hour: <c>reconcile</c> says so, and <c>reconcile --force</c> makes them equal.</summary>
public sealed class ReconcileTests
{
    private const int Files = 40;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_have_not_heard_of_each_other_are_told_apart_and_made_equal()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: new Dictionary<string, string> { ["HA_ASYNC_REPLICATION"] = "0", ["HA_GOSSIP_INTERVAL"] = "60s" }, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);

        // Writing needs only what the leader of the shard knows: its own chunkserver.
        MfsHaNode? leader = null;
        await Deadline.WaitAsync("the shard has a leader", Limit, async token => (leader = await cluster.LeaderOfAsync(0, token)) is not null, Cancellation);
        MfsHaNode[] others = [.. cluster.Nodes.Where(n => n != leader)];
        await cluster.AdminAsync(others[0], ["reconcile", "--force"], Cancellation);
        var server = await ChunkServer.CreateAsync(environment, MooseFsRelease.V4, leader!.Host, "chunkserver", cancellation: Cancellation);
        server.Start();
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, leader.Host, "mount", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        await Deadline.WaitAsync("files can be written", Limit, () => P.StatFileSystem(mount.Path).Total > 0, Cancellation);
        for (var i = 0; i < Files; i++)
        {
            Content.WriteFile($"{mount.Path}/{i}", (ulong)i, 1000);
        }

        var report = await cluster.TryAdminAsync(others[0], ["reconcile", "--output", "json"], Cancellation);
        Assert.Equal(1, report.ExitCode);
        var nodes = JsonDocument.Parse(report.Output).RootElement.GetProperty("nodes").EnumerateArray().ToArray();
        Assert.Equal(cluster.Nodes.Select(static n => n.Id), nodes.Select(static n => n.GetProperty("id").GetInt32()));
        Assert.Equal(0, nodes.Single(n => n.GetProperty("id").GetInt32() == leader.Id).GetProperty("missing").GetArrayLength());
        Assert.Contains(nodes.SelectMany(static n => n.GetProperty("missing").EnumerateArray()), static m => m.GetProperty("known").GetInt64() - m.GetProperty("seen").GetInt64() >= Files);
        TestContext.Current.TestOutputHelper?.WriteLine((await cluster.TryAdminAsync(others[0], ["reconcile"], Cancellation)).Output);

        // Asked of a node that lacks it itself.
        var forced = await cluster.AdminAsync(others[0], ["reconcile", "--force"], Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(forced);
        Assert.Contains(" changes of chunkserver 1 (it has ", forced, StringComparison.Ordinal);
        Assert.Contains("CRDT state: the same on all 3 nodes\n", forced, StringComparison.Ordinal);
        Assert.Contains("CRDT state: chunkserver 1: 3 nodes agree at change ", forced, StringComparison.Ordinal);
        Assert.EndsWith("Consistency: CONSISTENT\n", forced, StringComparison.Ordinal);
        var clocks = JsonDocument.Parse(await cluster.AdminAsync(others[1], ["node-status", "--output", "json"], Cancellation)).RootElement.EnumerateArray().Select(static n => n.GetProperty("crdtClock").GetRawText()).ToArray();
        Assert.Equal(3, clocks.Length);
        Assert.Single(clocks.Distinct());
        Assert.Equal("CRDT state: the same on all 3 nodes\n", await cluster.AdminAsync(leader, ["reconcile"], Cancellation));

        // A node that is away cannot be asked, which is no verdict.
        await leader.CrashAsync();
        var without = await cluster.TryAdminAsync(others[0], ["reconcile"], Cancellation);
        Assert.Contains($"Node {leader.Id}: NOT ASKED: ", without.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, without.ExitCode);
    }
}

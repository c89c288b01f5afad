using System.Globalization;
using MfsHa.EndToEnd.Tests.Failover;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Membership;

/// <summary>Nodes join by one command and leave by one, while clients of both versions work.</summary>
public sealed class GrowAndShrinkTests
{
    /// <summary>What is promised; what is asserted leaves room for a machine that does much else.</summary>
    private const double Promise = 1000;

    private const double AssertedStall = 4000;
    private const int ShardCount = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);
    private static readonly Dictionary<string, string> Settings = new() { ["HA_SHARD_COUNT"] = ShardCount.ToString(CultureInfo.InvariantCulture) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_nodes_become_five_and_three_again_under_load()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: Settings, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        var first = cluster.Nodes[0];
        var server = await ChunkServer.CreateAsync(environment, MooseFsRelease.V4, first.Host, "chunkserver", cancellation: Cancellation);
        server.Start();
        var old = await MountAsync(environment, MooseFsRelease.V3, first);
        var young = await MountAsync(environment, MooseFsRelease.V4, first);
        P.MakeDirectory($"{old.Path}/made");
        P.MakeDirectory($"{young.Path}/files");
        await Deadline.WaitAsync("files can be written", Limit, () => SyncedFiles.TryWrite($"{young.Path}/first"), Cancellation);

        await using var maker = new StallMeter(n => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{old.Path}/made/{n}")));
        await using var reader = new StallMeter(_ => P.Stat($"{young.Path}/made"));
        await using var writer = new StallMeter(n => SyncedFiles.Write(string.Create(CultureInfo.InvariantCulture, $"{young.Path}/files/{n}")));
        List<(string Step, double Stall)> stalls = [];
        async Task StepAsync(string step, Func<Task> change)
        {
            _ = (maker.TakeLongest(), reader.TakeLongest(), writer.TakeLongest());
            await change();
            await Task.Delay(Calm, Cancellation);
            var longest = new[] { maker.TakeLongest(), reader.TakeLongest(), writer.TakeLongest() }.Max().TotalMilliseconds;
            stalls.Add((step, longest));
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step}: longest operation {longest:0} ms (promised {Promise:0}), {maker.Done} mkdir, {reader.Done} stat, {writer.Done} files"));
        }

        await Task.Delay(Calm, Cancellation);
        await StepAsync("no change", static () => Task.CompletedTask);
        List<MfsHaNode> joined = [];
        foreach (var id in (int[])[4, 5])
        {
            var host = await environment.Network.AddHostAsync($"node{id}", Cancellation);
            var node = MfsHaNode.Create(environment, MfsHaPrograms.Node, id, host, Settings);
            joined.Add(node);
            await StepAsync($"node {id} joins", async () =>
            {
                node.Start("--join-cluster", $"--node-id={id}", $"--peer={cluster.Nodes[1].Host.Address}");
                await node.WaitReadyAsync(Cancellation);
                await WaitStateAsync(cluster, first, id, "active");
            });
        }

        Assert.Equal(5, (await cluster.StatusAsync(first, Cancellation)).Nodes.Count(static n => n.Online));
        foreach (var leaving in cluster.Nodes.Skip(1).Reverse())
        {
            await StepAsync($"node {leaving.Id} leaves", async () =>
            {
                await cluster.AdminAsync(first, ["node", "drain", $"{leaving.Id}"], Cancellation);
                var said = await cluster.AdminAsync(first, ["node", "remove", $"{leaving.Id}"], Cancellation);
                Assert.Contains($"node {leaving.Id} removed; groups changed: 0", said, StringComparison.Ordinal);
                await leaving.Process.WaitForExitAsync(Limit);
            });
        }

        foreach (var meter in (StallMeter[])[maker, reader, writer])
        {
            await meter.StopAsync();
            Assert.Null(meter.Failure);
        }

        Assert.Equal(maker.Done, Directory.GetDirectories($"{young.Path}/made").Length);
        Assert.Equal(writer.Done, Directory.GetFiles($"{old.Path}/files").Length);
        var status = await cluster.StatusAsync(first, Cancellation);
        Assert.Equal([1, 4, 5], status.Nodes.Select(static n => n.Id).Order());
        await cluster.AdminAsync(first, ["consistency-check"], Cancellation);

        // Who has joined starts again without being told anything; who has left is refused.
        Assert.True(await joined[0].StopAsync());
        joined[0].Start();
        await joined[0].WaitReadyAsync(Cancellation);
        await WaitStateAsync(cluster, joined[1], 4, "active, online");
        cluster.Nodes[1].Start();
        await cluster.Nodes[1].Process.WaitForExitAsync(Limit);
        Assert.Contains("was removed from cluster", await File.ReadAllTextAsync(cluster.Nodes[1].Log, Cancellation), StringComparison.Ordinal);

        Assert.All(stalls, s => Assert.True(s.Stall < AssertedStall, $"{s.Step}: {s.Stall:0} ms"));
    }

    [Fact]
    public async Task A_cluster_of_one_grows_and_what_does_not_belong_to_it_is_refused()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        List<MfsHaNode> nodes = [];
        for (var id = 1; id <= 3; id++)
        {
            nodes.Add(MfsHaNode.Create(environment, MfsHaPrograms.Node, id, await environment.Network.AddHostAsync($"node{id}", Cancellation), new Dictionary<string, string>()));
        }

        nodes[0].Start("--init-cluster", "--node-id=1");
        await nodes[0].WaitReadyAsync(Cancellation);
        nodes[1].Start("--join-cluster", "--node-id=1", $"--peer={nodes[0].Host.Address}");
        await RefusedAsync(nodes[1], "node id 1 is taken by the node at");
        nodes[1].Start("--join-cluster", "--node-id=2", $"--peer={nodes[0].Host.Address}");
        await nodes[1].WaitReadyAsync(Cancellation);
        await Deadline.WaitAsync("node 2 is a member", Limit, async token => (await StateAsync(environment, nodes[0], token)).Contains("Node 2: active", StringComparison.Ordinal), Cancellation);

        // Its death in the middle of joining changes nothing: it goes on.
        nodes[2].Start("--join-cluster", "--node-id=3", $"--peer={nodes[0].Host.Address},{nodes[1].Host.Address}");
        await Deadline.WaitAsync("node 3 has its order", Limit, () => File.Exists(Path.Combine(nodes[2].DataFolder, "node.json")), Cancellation);
        await nodes[2].CrashAsync();
        nodes[2].Start();
        await nodes[2].WaitReadyAsync(Cancellation);
        await Deadline.WaitAsync("node 3 is a member", Limit, async token => (await StateAsync(environment, nodes[1], token)).Contains("Node 3: active", StringComparison.Ordinal), Cancellation);

        // A node of another cluster.
        var stranger = MfsHaNode.Create(environment, MfsHaPrograms.Node, 4, await environment.Network.AddHostAsync("node4", Cancellation), new Dictionary<string, string>());
        stranger.Start("--init-cluster", "--node-id=4");
        await stranger.WaitReadyAsync(Cancellation);
        Assert.True(await stranger.StopAsync());
        stranger.Start("--join-cluster", "--node-id=4", $"--peer={nodes[0].Host.Address}");
        await RefusedAsync(stranger, "holds the data of cluster");
    }

    private static async Task<Mount> MountAsync(TestEnvironment environment, MooseFsRelease release, MfsHaNode node)
    {
        var mount = await Mount.CreateAsync(environment, release, node.Host, $"mount{release.Name}", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        return mount;
    }

    private static Task WaitStateAsync(MfsHaCluster cluster, MfsHaNode asked, int id, string state) => Deadline.WaitAsync(
        $"node {id} is {state}", Limit, async token => (await cluster.TryAdminAsync(asked, ["node", "list"], token)).Output.Contains($"Node {id}: {state}", StringComparison.Ordinal), Cancellation);

    private static async Task<string> StateAsync(TestEnvironment environment, MfsHaNode node, CancellationToken cancellation) =>
        (await MfsHa.Playground.Processes.Command.TryRunAsync(environment.Observer.CommandLine([MfsHaPrograms.Admin, "--host", node.Host.Address.ToString(), "node", "list"]), cancellation: cancellation)).Output;

    private static async Task RefusedAsync(MfsHaNode node, string reason)
    {
        await node.Process.WaitForExitAsync(Limit);
        Assert.Contains(reason, await File.ReadAllTextAsync(node.Log, Cancellation), StringComparison.Ordinal);
    }
}

using System.Security.Cryptography;
using System.Text;
using MfsHa.EndToEnd.Tests.Ledger;
using MfsHa.Testbed;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Upgrades;

/// <summary>Two releases with different format levels in one cluster, one node after the other, while clients keep a ledger; and what an old one meets afterwards.</summary>
public sealed class RollingUpgradeTests(ITestOutputHelper output)
{
    private const int Roaming = 3;

    /// <summary>What the next release writes into the log of the system group at its own level (tests/MfsHa.NextFormat).</summary>
    private const string WrittenAtTheNextLevel = "written at format level 2";

    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Unlimited = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_change_to_a_release_with_another_format_one_by_one_and_the_former_release_is_refused_afterwards()
    {
        await using var deployment = await Deployment.StartAsync(LedgerPlan.Deployment(LedgerPlan.Seed, shards: 2), Cancellation);
        var cluster = deployment.Cluster;
        await FormatsAsync(cluster, level: 1, newest: [1, 1, 1]);
        var former = cluster.Nodes[0].Program;
        var run = await LedgerRun.CreateAsync(deployment, LedgerPlan.Seed, Roaming, Cancellation);
        await run.WorkAsync(Unlimited, async _ =>
        {
            for (var changed = 0; changed < cluster.Nodes.Count; changed++)
            {
                await Task.Delay(LoadTime, Cancellation);
                await RestartAsync(run, cluster.Nodes[changed], MfsHaPrograms.NextNode);
                if (changed < cluster.Nodes.Count - 1)
                {
                    await FormatsAsync(cluster, level: 1, newest: [.. Enumerable.Range(0, cluster.Nodes.Count).Select(n => n <= changed ? 2 : 1)]);
                    await run.CompareReplicasAsync(Cancellation);
                    Assert.False(HasWritten(cluster, WrittenAtTheNextLevel));
                }
            }

            await FormatsAsync(cluster, level: 2, newest: [2, 2, 2]);
            run.Journal.Fault("format level 2");
            await Task.Delay(LoadTime, Cancellation);
            await run.CompareReplicasAsync(Cancellation);
            Assert.True(HasWritten(cluster, WrittenAtTheNextLevel));

            // Once more: what was written at both levels is read again.
            await RestartAsync(run, cluster.Nodes[1], MfsHaPrograms.NextNode);
            await Task.Delay(LoadTime, Cancellation);
        }, Cancellation);
        await run.VerifyAsync(Cancellation);
        output.WriteLine(run.Summary());
        Assert.True(run.Acknowledged > 100, run.Summary());

        var last = cluster.Nodes[2];
        Assert.True(await last.StopAsync());
        last.Program = former;
        var before = Fingerprint(last.DataFolder);
        await RefusedAsync(last, ["start"], "are of format level 2, this release reads format level 1: install release 0.2.0, which wrote them");
        Assert.Equal(before, Fingerprint(last.DataFolder));

        // With an empty disk its data say nothing: the others do.
        var stranger = MfsHaNode.Create(
            deployment.Environment, former, 4, await deployment.Environment.Network.AddHostAsync("node4", Cancellation), new Dictionary<string, string> { ["HA_SHARD_COUNT"] = "2" });
        await RefusedAsync(
            stranger, ["--join-cluster", "--node-id=4", $"--peer={cluster.Nodes[0].Host.Address}"], "the cluster writes format level 2, this release (0.1.0) reads format level 1: install release 0.2.0, which node 1 runs");
        var data = last.DataFolder;
        var kept = data + ".kept";
        Directory.Move(data, kept);
        Directory.CreateDirectory(data);
        await RefusedAsync(last, ["start"], "does not let this node in: the cluster writes format level 2, this release (0.1.0) reads format level 1: install release 0.2.0, which node");
        Directory.Delete(data, recursive: true);
        Directory.Move(kept, data);

        last.Program = MfsHaPrograms.NextNode;
        last.Start();
        await last.WaitReadyAsync(Cancellation);
        await run.CompareReplicasAsync(Cancellation);
    }

    /// <summary>From whatever release MFSHA_FORMER_BIN names: nodes that it has made, and that run beside this build, one after the other; half-way one of them goes back.</summary>
    [Fact(Explicit = true)]
    public async Task Nodes_of_a_former_build_change_to_this_one_while_clients_work()
    {
        var former = Environment.GetEnvironmentVariable("MFSHA_FORMER_BIN") ?? throw new InvalidOperationException("MFSHA_FORMER_BIN has to name the mfsha of a former release");
        var shards = LedgerPlan.Shards;
        await using var deployment = await Deployment.StartAsync(LedgerPlan.Deployment(LedgerPlan.Seed, shards) with { Program = former }, Cancellation);
        var cluster = deployment.Cluster;
        var run = await LedgerRun.CreateAsync(deployment, LedgerPlan.Seed, Roaming, Cancellation);
        await run.WorkAsync(Unlimited, async _ =>
        {
            foreach (var (node, program) in ((int, string)[])[(0, MfsHaPrograms.Node), (1, MfsHaPrograms.Node), (1, former), (1, MfsHaPrograms.Node), (2, MfsHaPrograms.Node)])
            {
                await Task.Delay(LoadTime, Cancellation);
                await RestartAsync(run, cluster.Nodes[node], program);
                await run.CompareReplicasAsync(Cancellation);
            }

            await FormatsAsync(cluster, level: 1, newest: [1, 1, 1]);
            await Task.Delay(LoadTime, Cancellation);
            await RestartAsync(run, cluster.Nodes[0], MfsHaPrograms.Node);
        }, Cancellation);
        await run.VerifyAsync(Cancellation);
        output.WriteLine(run.Summary());
        Assert.True(run.Acknowledged > 100, run.Summary());
    }

    private static async Task RestartAsync(LedgerRun run, MfsHaNode node, string program)
    {
        run.Journal.Fault($"node {node.Id} changes to {program}");
        run.Outages.Begin(node.Id);
        Assert.True(await node.StopAsync());
        node.Program = program;
        node.Start();
        await node.WaitReadyAsync(Cancellation);
        run.Outages.End(node.Id);
    }

    private static Task FormatsAsync(MfsHaCluster cluster, int level, int[] newest) => Deadline.WaitAsync($"level {level}, nodes read up to {string.Join(", ", newest)}", Limit, async token =>
    {
        try
        {
            var all = await Task.WhenAll(cluster.Nodes.Select(node => cluster.StatusAsync(node, token)));
            return all.All(status => status.FormatLevel == level && status.Nodes.OrderBy(static n => n.Id).Select(static n => n.NewestFormat).SequenceEqual(newest));
        }
        catch (CommandException)
        {
            return false; // one that has just started, on a machine that does much else
        }
    }, Cancellation);

    private static async Task RefusedAsync(MfsHaNode node, string[] arguments, string reason)
    {
        node.Start(arguments);
        await node.Process.WaitForExitAsync(Limit);
        Assert.Contains(reason, await File.ReadAllTextAsync(node.Log, Cancellation), StringComparison.Ordinal);
    }

    // The store's own log of changes is not compressed.
    private static bool HasWritten(MfsHaCluster cluster, string text) => cluster.Nodes.Any(node =>
        Directory.GetFiles(Path.Combine(node.DataFolder, "log"), "*.log").Any(file => Read(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0));

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }

    // All but the lock file, which says which process tries to start, and the node's own log, which says why it does not.
    private static string[] Fingerprint(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(static f => Path.GetFileName(f) is not (".mfsha.lock" or "mfsha.log")).Order(StringComparer.Ordinal).Select(static f => $"{f} {File.GetLastWriteTimeUtc(f):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))}")];
}

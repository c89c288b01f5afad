using System.Globalization;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Incidents;

/// <summary>A majority of the nodes is lost for good: the survivors go on with <c>force-quorum</c>, and grow to a whole cluster again.</summary>
public sealed class QuorumLossTests
{
    private const int Files = 20;
    private const int Length = 200_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_of_three_survives_and_its_mount_goes_on_with_all_files()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        var (survivor, lost) = (cluster.Nodes[0], cluster.Nodes.Skip(1).ToArray());
        var mount = await ServeAsync(environment, survivor);
        for (var i = 0; i < Files; i++)
        {
            Content.WriteFile($"{mount.Path}/file{i}", (ulong)i, Length);
        }

        await cluster.AdminAsync(survivor, ["consistency-check"], Cancellation);
        await RefusedAsync(cluster, survivor, "answers node 1, and is not named", "force-quorum", "--nodes=1", "--yes-i-know");
        await RefusedAsync(cluster, survivor, "there is nothing to force", "force-quorum", "--nodes=1,2,3", "--yes-i-know");

        foreach (var node in lost)
        {
            await node.CrashAsync();
        }

        // A disk that turns up again later.
        var attic = Path.Combine(environment.CreateFolder("attic"), "data");
        Directory.Move(lost[0].DataFolder, attic);
        Directory.CreateDirectory(lost[0].DataFolder);
        lost[1].WipeDisk();
        var waiting = Task.Run(() => P.MakeDirectory($"{mount.Path}/waiting"), Cancellation);
        await Deadline.WaitAsync("the quorum is missed", Limit, async token => (await cluster.TryAdminAsync(survivor, ["quorum-status"], token)).ExitCode == 2, Cancellation);

        // One that was started again on an empty disk waits to be let in; it is in nobody's way.
        lost[1].Start();
        await Deadline.WaitAsync(
            "the empty one answers", Limit, async token => (await cluster.TryAdminAsync(survivor, ["quorum-status"], token)).Output.StartsWith("2/3 nodes reachable", StringComparison.Ordinal), Cancellation);
        await RefusedAsync(cluster, survivor, "node 2 does not answer", "force-quorum", "--nodes=1,2", "--yes-i-know");
        Assert.Equal(64, (await cluster.TryAdminAsync(survivor, ["force-quorum", "--nodes=1"], Cancellation)).ExitCode);
        var said = await cluster.AdminAsync(survivor, ["force-quorum", "--nodes=1", "--yes-i-know"], Cancellation);
        Assert.Matches("^System group: goes on from node 1, entry [0-9]+ \\(known to be committed: [0-9]+\\)\nShard 0: goes on from node 1, entry [0-9]+ .*\nGiven up: nodes 2, 3\n", said);
        await waiting.WaitAsync(Limit, Cancellation);
        Assert.Contains("QUORUM FORCED", await File.ReadAllTextAsync(survivor.Log, Cancellation), StringComparison.Ordinal);
        AssertAll(mount);
        Content.WriteFile($"{mount.Path}/after", 100, Length);
        Content.AssertFile($"{mount.Path}/after", 100, Length);

        // The disk that turns up again is of the past, and hears so.
        Directory.Delete(lost[0].DataFolder);
        Directory.Move(attic, lost[0].DataFolder);
        lost[0].Start();
        await lost[0].Process.WaitForExitAsync(Limit);
        Assert.Contains("was removed from cluster", await File.ReadAllTextAsync(lost[0].Log, Cancellation), StringComparison.Ordinal);

        await lost[1].CrashAsync();
        foreach (var node in lost)
        {
            node.WipeDisk();
            node.Start("--join-cluster", $"--node-id={node.Id}", $"--peer={survivor.Host.Address}");
            await node.WaitReadyAsync(Cancellation);
        }

        await WholeAsync(cluster, survivor);
        Assert.Contains("released", await cluster.AdminAsync(survivor, ["release-deletions"], Cancellation), StringComparison.OrdinalIgnoreCase);
        AssertAll(mount);
        Content.AssertFile($"{mount.Path}/after", 100, Length);

        // The new members are worth something: the survivor may die now.
        await survivor.CrashAsync();
        var other = await Mount.CreateAsync(environment, MooseFsRelease.V4, lost[0].Host, "other", CachePolicy.None, cancellation: Cancellation);
        await other.StartAsync(Cancellation);
        P.Stat($"{other.Path}/waiting");
        P.MakeDirectory($"{other.Path}/made by two");
        survivor.Start();
        await survivor.WaitReadyAsync(Cancellation);
        await WholeAsync(cluster, survivor);
    }

    [Fact]
    public async Task Of_two_survivors_the_one_with_the_longer_log_counts()
    {
        const int Survivors = 2;
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        // Of three replicas none might be on the two that survive.
        var cluster = await MfsHaCluster.CreateAsync(environment, nodes: 5, settings: new Dictionary<string, string> { ["HA_SHARD_COUNT"] = "2", ["HA_REPLICATION_FACTOR"] = "5" }, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        var behind = cluster.Nodes[0];
        var ahead = cluster.Nodes[1];
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, ahead.Host, "mount", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        P.MakeDirectory($"{mount.Path}/before");
        await cluster.AdminAsync(ahead, ["consistency-check"], Cancellation);

        // One survivor misses what is acknowledged now.
        await behind.CrashAsync();
        for (var i = 0; i < Files; i++)
        {
            P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{mount.Path}/before/{i}"));
        }

        // Nothing that was acknowledged is on lost nodes alone.
        await cluster.TryAdminAsync(ahead, ["consistency-check"], Cancellation);
        foreach (var node in cluster.Nodes.Skip(Survivors))
        {
            await node.CrashAsync();
        }

        behind.Start();
        await Deadline.WaitAsync(
            "both survivors answer, and nothing else",
            Limit,
            async token => (await cluster.TryAdminAsync(ahead, ["quorum-status"], token)).Output.StartsWith("2/5 nodes reachable", StringComparison.Ordinal),
            Cancellation);
        var said = "";
        await Deadline.WaitAsync(
            "the one that has just been started takes part in forcing",
            Limit,
            async token =>
            {
                string[] force = ["force-quorum", "--nodes=1,2", "--yes-i-know"];
                var forced = await cluster.TryAdminAsync(ahead, force, token);
                said = forced.Output;
                return forced.ExitCode == 0 || (forced.Error.Contains("is still starting", StringComparison.Ordinal) ? false : throw new CommandException(force, forced));
            },
            Cancellation);
        Assert.Contains("Given up: nodes 3, 4, 5", said, StringComparison.Ordinal);
        Assert.Equal(Files, Directory.GetDirectories($"{mount.Path}/before").Length);
        await behind.WaitReadyAsync(Cancellation);
        P.MakeDirectory($"{mount.Path}/after");
        await WholeAsync(cluster, ahead);
        Assert.Equal([1, 2], (await cluster.StatusAsync(ahead, Cancellation)).Nodes.Select(static n => n.Id).Order());

        // All the lost ones together are a majority of the former members: none of them may go on.
        var lost = cluster.Nodes.Skip(Survivors).ToArray();
        foreach (var node in lost)
        {
            node.Start();
        }

        foreach (var node in lost)
        {
            await node.Process.WaitForExitAsync(Limit);
            Assert.Contains("was removed from cluster", await File.ReadAllTextAsync(node.Log, Cancellation), StringComparison.Ordinal);
        }

        Assert.Equal(Files, Directory.GetDirectories($"{mount.Path}/before").Length);
    }

    private static async Task<Mount> ServeAsync(TestEnvironment environment, MfsHaNode node)
    {
        var server = await ChunkServer.CreateAsync(environment, MooseFsRelease.V4, node.Host, "chunkserver", cancellation: Cancellation);
        server.Start();
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, node.Host, "mount", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        await Deadline.WaitAsync("files can be written", Limit, () => P.StatFileSystem(mount.Path).Total > 0, Cancellation);
        return mount;
    }

    private static void AssertAll(Mount mount)
    {
        for (var i = 0; i < Files; i++)
        {
            Content.AssertFile($"{mount.Path}/file{i}", (ulong)i, Length);
        }
    }

    private static async Task WholeAsync(MfsHaCluster cluster, MfsHaNode asked)
    {
        await Deadline.WaitAsync("the cluster is healthy", Limit, async token => (await cluster.TryAdminAsync(asked, ["status"], token)).ExitCode == 0, Cancellation);
        await cluster.AdminAsync(asked, ["consistency-check"], Cancellation);
    }

    private static async Task RefusedAsync(MfsHaCluster cluster, MfsHaNode asked, string reason, params string[] command)
    {
        var result = await cluster.TryAdminAsync(asked, command, Cancellation);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
    }
}

using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Incidents;

/// <summary>One byte of a node's data is another one: the node says so and stops, nobody reads it, and at its next start it is built anew from the others.</summary>
public sealed class DamagedDiskTests
{
    private const int Directories = 3000;
    private const byte Flip = 0x10;
    private const string Note = "damaged.json";
    private const string Aside = "damaged-*";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flipped_byte_in_the_log_is_found_at_the_start_and_the_next_start_builds_the_replica_anew()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var (cluster, mount) = await FilledAsync(environment);
        var node = cluster.Nodes[2];
        await node.CrashAsync();
        FlipMiddle(Largest(Path.Combine(node.DataFolder, "log"), "*.log"));
        node.Start();
        await node.Process.WaitForExitAsync(Limit);
        await SaysAsync(node, "orruption");
        await RebuildItselfAsync(cluster, node, mount);
        await NotTwiceAsync(cluster, node, mount);
    }

    [Fact]
    public async Task A_flipped_byte_in_a_file_of_the_state_is_found_when_it_is_read_and_the_next_start_builds_the_replica_anew()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var (cluster, mount) = await FilledAsync(environment);
        await DamageStateAsync(cluster, cluster.Nodes[2]);
        await RebuildItselfAsync(cluster, cluster.Nodes[2], mount);
    }

    [Fact]
    public async Task Without_HA_REBUILD_DAMAGED_a_person_replaces_the_node()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var (cluster, mount) = await FilledAsync(environment, new Dictionary<string, string> { ["HA_REBUILD_DAMAGED"] = "0" });
        var node = cluster.Nodes[2];
        await DamageStateAsync(cluster, node);
        Assert.False(File.Exists(Path.Combine(node.DataFolder, Note)));
        await cluster.AdminAsync(cluster.Nodes[0], ["node", "remove", $"{node.Id}"], Cancellation);
        node.WipeDisk();
        node.Start("--join-cluster", $"--node-id={node.Id}", $"--peer={cluster.Nodes[0].Host.Address}");
        await WholeAsync(cluster, node, mount);
    }

    private static async Task DamageStateAsync(MfsHaCluster cluster, MfsHaNode node)
    {
        Assert.True(await node.StopAsync());
        FlipMiddle(Largest(Path.Combine(node.DataFolder, "state"), "*.sst"));
        node.Start();
        // Whatever reads it first: the start, or the checksum of the whole replica.
        await Deadline.WaitAsync(
            "the node has stopped", Limit,
            async token =>
            {
                if (!node.Process.HasExited && await node.IsReadyAsync(token))
                {
                    await cluster.TryAdminAsync(cluster.Nodes[0], ["consistency-check", "--timeout", "20"], token);
                }

                return node.Process.HasExited;
            },
            Cancellation);
        await SaysAsync(node, "orruption");
    }

    private static async Task<(MfsHaCluster Cluster, Mount Mount)> FilledAsync(TestEnvironment environment, IReadOnlyDictionary<string, string>? settings = null)
    {
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: settings, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, cluster.Endpoints[0], "mount", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        for (var i = 0; i < Directories; i++)
        {
            P.MakeDirectory($"{mount.Path}/{i}");
        }

        await cluster.AdminAsync(cluster.Nodes[0], ["consistency-check"], Cancellation);
        return (cluster, mount);
    }

    private static async Task RebuildItselfAsync(MfsHaCluster cluster, MfsHaNode node, Mount mount)
    {
        Assert.True(File.Exists(Path.Combine(node.DataFolder, Note)));
        Assert.Equal(Directories, Directory.GetDirectories(mount.Path).Length);
        node.Start();
        await WholeAsync(cluster, node, mount);
        Assert.False(File.Exists(Path.Combine(node.DataFolder, Note)));
        Assert.True(Directory.Exists(Path.Combine(Assert.Single(Directory.GetDirectories(node.DataFolder, Aside)), "state")));
        await SaysAsync(node, "built anew from the others");
    }

    // A disk that does it again at once is broken: the node says so, and nothing is set aside.
    private static async Task NotTwiceAsync(MfsHaCluster cluster, MfsHaNode node, Mount mount)
    {
        var aside = Directory.GetDirectories(node.DataFolder, Aside);
        await node.CrashAsync();
        FlipMiddle(Largest(Path.Combine(node.DataFolder, "log"), "*.log"));
        for (var start = 0; start < 2; start++)
        {
            node.Start();
            await node.Process.WaitForExitAsync(Limit);
        }

        await SaysAsync(node, "is its disk broken?");
        Assert.Equal(aside, Directory.GetDirectories(node.DataFolder, Aside));
        Assert.Equal(Directories, Directory.GetDirectories(mount.Path).Length);
        Assert.Equal(3, (await cluster.StatusAsync(cluster.Nodes[0], Cancellation)).Nodes.Count);
    }

    private static async Task WholeAsync(MfsHaCluster cluster, MfsHaNode node, Mount mount)
    {
        await node.WaitReadyAsync(Cancellation);
        await Deadline.WaitAsync("the cluster is healthy", Limit, async token => (await cluster.TryAdminAsync(cluster.Nodes[0], ["status"], token)).ExitCode == 0, Cancellation);
        await cluster.AdminAsync(cluster.Nodes[0], ["consistency-check"], Cancellation);
        Assert.Equal(Directories, Directory.GetDirectories(mount.Path).Length);
    }

    private static async Task SaysAsync(MfsHaNode node, string text)
    {
        var log = await File.ReadAllTextAsync(node.Log, Cancellation);
        Assert.Contains(text, log, StringComparison.Ordinal);
        Assert.Contains(node.DataFolder, log, StringComparison.Ordinal);
    }

    private static string Largest(string folder, string pattern) =>
        new DirectoryInfo(folder).GetFiles(pattern).Where(static f => char.IsAsciiDigit(f.Name[0])).MaxBy(static f => f.Length)?.FullName ?? throw new FileNotFoundException($"{folder} has no {pattern}");

    private static void FlipMiddle(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var middle = file.Length / 2;
        file.Position = middle;
        var value = (byte)file.ReadByte();
        file.Position = middle;
        file.WriteByte((byte)(value ^ Flip));
    }
}

using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Incidents;

/// <summary>One byte of a node's data is another one: the node says so and stops, nobody reads it, and it is built anew from the others.</summary>
public sealed class DamagedDiskTests
{
    private const int Directories = 3000;
    private const byte Flip = 0x10;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flipped_byte_in_the_log_is_found_at_the_start_and_the_replica_is_built_anew()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var (cluster, mount) = await FilledAsync(environment);
        var node = cluster.Nodes[2];
        await node.CrashAsync();
        FlipMiddle(Largest(Path.Combine(node.DataFolder, "log"), "*.log"));
        node.Start();
        await node.Process.WaitForExitAsync(Limit);
        await SaysAsync(node, "orruption");
        await RebuildAsync(cluster, node, mount);
    }

    [Fact]
    public async Task A_flipped_byte_in_a_file_of_the_state_is_found_when_it_is_read_and_the_replica_is_built_anew()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var (cluster, mount) = await FilledAsync(environment);
        var node = cluster.Nodes[2];
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
        await RebuildAsync(cluster, node, mount);
    }

    private static async Task<(MfsHaCluster Cluster, Mount Mount)> FilledAsync(TestEnvironment environment)
    {
        var cluster = await MfsHaCluster.CreateAsync(environment, cancellation: Cancellation);
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

    private static async Task RebuildAsync(MfsHaCluster cluster, MfsHaNode node, Mount mount)
    {
        Assert.Equal(Directories, Directory.GetDirectories(mount.Path).Length);
        await cluster.AdminAsync(cluster.Nodes[0], ["node", "remove", $"{node.Id}"], Cancellation);
        node.WipeDisk();
        node.Start("--join-cluster", $"--node-id={node.Id}", $"--peer={cluster.Nodes[0].Host.Address}");
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

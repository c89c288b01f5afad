using System.Globalization;
using MfsHa.EndToEnd.Tests.Chunks;
using MfsHa.MetadataFile.Backups;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>A cluster with four shards loses all its disks, and is made anew of its last backup, with the same chunkservers, which know of more than the backup does.</summary>
public sealed class RestoreTests
{
    private const int Folders = 6;
    private const int Bytes = 100_000;
    private const string HeldLine = "deletions are held since the restore";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_cluster_is_restored_from_its_backup_and_deletes_nothing_until_released()
    {
        await using var deployment = await Deployment.StartAsync(
            new DeploymentPlan(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V4)
            {
                Mounts = 1,
                Caching = CachePolicy.None,
                ServiceSettings = new Dictionary<string, string>(RealMasters.LeaveTimes) { ["HA_SHARD_COUNT"] = "4", ["REPLICATIONS_DELAY_INIT"] = "1", ["CHUNKS_LOOP_MIN_TIME"] = "60" },
            },
            Cancellation);
        var files = new ChunkFiles(deployment);
        var mount = deployment.Mounts[0];
        for (var i = 0; i < Folders; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(mount.Path, $"folder{i}", "below")).FullName;
            var file = Path.Combine(folder, "file");
            Posix.Content.WriteFile(file, (ulong)i, Bytes);

            // The kernel moves an access time that is older than the last change.
            File.SetLastAccessTimeUtc(file, DateTime.UtcNow.AddMinutes(5));
        }

        var tree = await ExactTree.TakeSettledAsync(mount.Path, Cancellation);
        var chunks = await ChunksOfAsync(files, mount);
        await Deadline.WaitAsync("all files have two copies", Soon, () => chunks.All(c => files.Holders(c).Length == 2), Cancellation);
        var backup = await BackUpAsync(deployment);

        // What happens after the backup is lost with the cluster, but not with the chunkservers.
        Posix.Content.WriteFile(Path.Combine(mount.Path, "later"), 77, Bytes);
        var later = await files.ChunksOfAsync(Path.Combine(mount.Path, "later"), Cancellation);
        await LoseAsync(deployment);
        await RestoreAsync(deployment, backup);
        await mount.StartAsync(Cancellation);
        RealMasters.AssertNone(tree.Differences(await ExactTree.TakeSettledAsync(mount.Path, Cancellation)));

        await AssertHeldUntilReleasedAsync(deployment, files, mount, chunks, later);
        await AssertGoesOnAsync(deployment, files, mount, [.. chunks, .. later]);
    }

    private static async Task<ulong[]> ChunksOfAsync(ChunkFiles files, Mount mount)
    {
        List<ulong> chunks = [];
        for (var i = 0; i < Folders; i++)
        {
            chunks.AddRange(await files.ChunksOfAsync(Path.Combine(mount.Path, $"folder{i}/below/file"), Cancellation));
        }

        Assert.Equal(Folders, chunks.Distinct().Count());
        return [.. chunks];
    }

    private static async Task<string> BackUpAsync(Deployment deployment)
    {
        var folder = deployment.Environment.CreateFolder("backup");
        var backup = Path.Combine(folder, "cluster.mfs");
        var node = deployment.Cluster.Nodes[1].Host;
        string[] call = [MfsHaPrograms.Backup, $"--output={backup}", "--host", $"{node.Address}"];
        TestContext.Current.TestOutputHelper?.WriteLine(await Command.RunAsync(deployment.Environment.Observer.CommandLine(call), Cancellation));
        Assert.Equal([backup, backup + ".manifest"], Directory.GetFiles(folder).Order());
        TestContext.Current.TestOutputHelper?.WriteLine(await Command.RunAsync([MfsHaPrograms.Admin, "verify-restore", $"--backup={backup}"], Cancellation));
        var manifest = BackupManifest.Read(backup);
        Assert.Equal([1u, 2u, 3u], manifest.VectorClocks!.Select(static c => c.Node));
        Assert.All(manifest.VectorClocks!, static c => Assert.Equal([1u, 2u], c.Clock.Select(static e => e.ChunkServer)));
        Assert.Equal("4", Assert.Single(manifest.Configuration!, static s => s.Key == "HA_SHARD_COUNT").Value);
        return backup;
    }

    private static async Task LoseAsync(Deployment deployment)
    {
        await deployment.Mounts[0].StopAsync();
        foreach (var server in deployment.ChunkServers)
        {
            await server.Process.StopAsync();
        }

        foreach (var node in deployment.Cluster.Nodes)
        {
            await node.CrashAsync();
            node.WipeDisk();
        }
    }

    private static async Task RestoreAsync(Deployment deployment, string backup)
    {
        var first = deployment.Cluster.Nodes[0];
        var damaged = Path.Combine(deployment.Environment.CreateFolder("damaged"), "cluster.mfs");
        var bytes = await File.ReadAllBytesAsync(backup, Cancellation);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, Cancellation);
        File.Copy(backup + ".manifest", damaged + ".manifest");
        var refused = await CallAsync(first, "--restore-cluster", $"--backup={damaged}");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("are damaged or missing (section", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await CallAsync(first, "--init-cluster", "--from-backup", "--node-id=2", $"--backup={backup}")).ExitCode);
        var restored = await CallAsync(first, "--init-cluster", "--from-backup", "--node-id=1", $"--backup={backup}");
        Assert.True(restored.ExitCode == 0, restored.Error);
        TestContext.Current.TestOutputHelper?.WriteLine(restored.Output);
        first.Start();
        await first.WaitReadyAsync(Cancellation);
        foreach (var node in deployment.Cluster.Nodes.Skip(1))
        {
            node.Start();
            string[] add = ["node", "add", $"{node.Id}", "--address", $"{node.Host.Address}:{MfsHaNode.LinkPort}"];
            await Deadline.WaitAsync($"node {node.Id} is added", Soon, async token => (await deployment.Cluster.TryAdminAsync(first, add, token)).ExitCode == 0, Cancellation);
        }

        await deployment.Cluster.WaitReadyAsync(Cancellation);
        await deployment.Cluster.AdminAsync(first, ["consistency-check"], Cancellation);
        foreach (var server in deployment.ChunkServers)
        {
            server.Start();
        }
    }

    private static Task<CommandResult> CallAsync(MfsHaNode node, params string[] arguments) =>
        Command.TryRunAsync(node.Host.CommandLine([MfsHaPrograms.Node, "-c", node.ConfigurationPath, .. arguments]), cancellation: Cancellation);

    private static async Task AssertHeldUntilReleasedAsync(Deployment deployment, ChunkFiles files, Mount mount, ulong[] chunks, ulong[] later)
    {
        await files.ToolAsync("mfssetsclass", Cancellation, "-r", "1", mount.Path);
        await Deadline.WaitAsync("a node wants to delete copies and says that it does not", Soon, () => deployment.Cluster.Nodes.Any(n => File.ReadAllText(n.Log).Contains(HeldLine, StringComparison.Ordinal)), Cancellation);
        Assert.All(chunks, c => Assert.Equal(2, files.Holders(c).Length));
        Assert.All(later, c => Assert.Equal(2, files.Holders(c).Length));
        Assert.Equal("deletions are released\n", await deployment.Cluster.AdminAsync(deployment.Cluster.Nodes[2], ["release-deletions"], Cancellation));
        Assert.Equal("deletions were not held\n", await deployment.Cluster.AdminAsync(deployment.Cluster.Nodes[0], ["release-deletions"], Cancellation));
        await Deadline.WaitAsync("surplus copies are gone", Soon, () => chunks.All(c => files.Holders(c).Length == 1), Cancellation);

        // Unknown chunks are noted, and stay for their seven days.
        Assert.All(later, c => Assert.Equal(2, files.Holders(c).Length));
    }

    private static async Task AssertGoesOnAsync(Deployment deployment, ChunkFiles files, Mount mount, ulong[] known)
    {
        HashSet<ulong> shards = [];
        for (var i = 0; i < Folders; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(mount.Path, $"fresh{i}")).FullName;
            shards.Add(Testbed.Native.Posix.Stat(folder).Inode >> 16);
            var path = Path.Combine(folder, "file");
            Posix.Content.WriteFile(path, (ulong)(100 + i), Bytes);
            Posix.Content.AssertFile(path, (ulong)(100 + i), Bytes);
            Assert.Empty(known.Intersect(await files.ChunksOfAsync(path, Cancellation)));
        }

        Assert.True(shards.Count > 1, string.Create(CultureInfo.InvariantCulture, $"all new directories have numbers of range {string.Join(", ", shards)}"));
        Directory.Move(Path.Combine(mount.Path, "folder0"), Path.Combine(mount.Path, "fresh1/moved"));
        Posix.Content.AssertFile(Path.Combine(mount.Path, "fresh1/moved/below/file"), 0, Bytes);
        await deployment.Cluster.AdminAsync(deployment.Cluster.Nodes[1], ["consistency-check"], Cancellation);
    }
}

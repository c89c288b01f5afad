using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>
/// The way in and out again, in the four phases of docs/migration.md: the metadata of a real mfsmaster, served by three mfsha nodes on the same chunkservers, changed, and taken back by real mfsmasters.
/// </summary>
/// <param name="service">The mfsmaster.</param>
/// <param name="release">Of all programs.</param>
/// <param name="fallsBack">True to go back to the mfsmaster in each of the phases once, and forth again.</param>
public abstract class ImportSuite(ServiceKind service, MooseFsRelease release, bool fallsBack)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private int takenOver;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The format of this release.</summary>
    private string Format => release == MooseFsRelease.V3 ? "3.0" : "4.x";

    [Fact]
    public async Task Metadata_of_a_real_mfsmaster_is_taken_over_served_changed_and_given_back()
    {
        await using var deployment = await Deployment.StartAsync(
            new DeploymentPlan(service, release, release) { Mounts = 1, Caching = CachePolicy.None, ServiceSettings = RealMasters.LeaveTimes }, Cancellation);
        var master = (MfsMaster)deployment.Service;
        var cluster = await MfsHaCluster.CreateAsync(deployment.Environment, settings: RealMasters.LeaveTimes, cancellation: Cancellation);

        if (fallsBack)
        {
            // An mfsmaster that was never stopped, and has not run for an hour, has stored nothing yet.
            Assert.True(await master.StopAsync(Soon));
            await master.StartAsync(Cancellation);
        }

        // 1. Prepare: with copies of the files of the running mfsmaster, which notices nothing. The way back: empty the directory again.
        var tree = await PopulateAndStopAsync(deployment, () => fallsBack ? RehearseAsync(deployment, master, cluster.Nodes[2]) : Task.CompletedTask);

        // 2. Add nodes. The way back: the mfsmaster starts on its own files.
        var original = Path.Combine(master.DataFolder, "metadata.mfs");
        await RefuseDamagedAsync(deployment, cluster.Nodes[0], original);
        await TakeOverAsync(deployment, cluster, original);
        if (fallsBack)
        {
            await GiveUpAsync(cluster);
            tree = await ServeByMasterAsync(deployment, master, "mount-back", tree);
            await TakeOverAsync(deployment, cluster, original);
        }

        // 3. Switch traffic. The way back, as long as nothing was written: the same.
        var mount = await ServeAsync(deployment, cluster, tree, "mount-mfsha");
        if (fallsBack)
        {
            await RealMasters.StopServiceAsync(deployment, cluster, mount);
            await GiveUpAsync(cluster);
            tree = await ServeByMasterAsync(deployment, master, "mount-back-again", tree);
            await TakeOverAsync(deployment, cluster, original);
            mount = await ServeAsync(deployment, cluster, tree, "mount-again");
        }

        // 4. Cut over. The way back: an export, with everything that was written.
        var changed = await ChangeAsync(mount);
        var again = deployment.Environment.CreateFolder("exported-again");
        var back = await RealMasters.ExportAsync(cluster, cluster.Nodes[1], again, Format, Cancellation);
        await RealMasters.AssertLoadAndStoreAsync(deployment, back, Format, release);
        await RealMasters.StopServiceAsync(deployment, cluster, mount);
        await RealMasters.AssertServeAsync(deployment, back, $"back-{release}", release, changed);
    }

    private static async Task<ExactTree> PopulateAndStopAsync(Deployment deployment, Func<Task> meanwhile)
    {
        using var population = new Population(deployment.Mounts[0]);
        await population.FillAsync(Cancellation);
        await meanwhile();
        var tree = await ExactTree.TakeSettledAsync(deployment.Mounts[0].Path, Cancellation);

        // The client dies with what it has open: its session and its locks stay in the metadata.
        await deployment.Mounts[0].Process.KillAsync();
        population.Abandon();
        foreach (var server in deployment.ChunkServers)
        {
            await server.Process.StopAsync();
        }

        Assert.True(await ((MfsMaster)deployment.Service).StopAsync(Soon));
        return tree;
    }

    private static async Task RehearseAsync(Deployment deployment, MfsMaster master, MfsHaNode node)
    {
        var copies = deployment.Environment.CreateFolder("copies");
        foreach (var file in Directory.GetFiles(master.DataFolder, "metadata.mfs.back").Concat(Directory.GetFiles(master.DataFolder, "changelog.*.mfs")))
        {
            File.Copy(file, Path.Combine(copies, Path.GetFileName(file)));
        }

        var result = await RealMasters.ImportAsync(node, Path.Combine(copies, "metadata.mfs.back"), Cancellation);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("changes replayed from changelogs: ", result.Output, StringComparison.Ordinal);
        node.Start();
        await node.WaitReadyAsync(Cancellation);
        Assert.True(await node.StopAsync());
        node.WipeDisk();
        WriteAndDelete(deployment.Mounts[0]);
    }

    /// <summary>Imports into the first node and lets the others join; what the cluster exports is what it was given.</summary>
    private async Task TakeOverAsync(Deployment deployment, MfsHaCluster cluster, string original)
    {
        var result = await RealMasters.ImportAsync(cluster.Nodes[0], original, Cancellation);
        Assert.True(result.ExitCode == 0, result.Error);
        TestContext.Current.TestOutputHelper?.WriteLine(result.Output);
        await StartAsync(cluster);
        var folder = deployment.Environment.CreateFolder($"exported-{++takenOver}");
        await AssertSameAsync(original, await RealMasters.ExportAsync(cluster, cluster.Nodes[2], folder, Format, Cancellation));
    }

    private static async Task GiveUpAsync(MfsHaCluster cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            if (node.IsRunning)
            {
                await node.StopAsync();
            }

            node.WipeDisk();
        }
    }

    /// <summary>The mfsmaster goes on where it was stopped, with its chunkservers and a client, and is stopped again; returns the tree as it is then.</summary>
    private static async Task<ExactTree> ServeByMasterAsync(Deployment deployment, MfsMaster master, string name, ExactTree tree)
    {
        await master.StartAsync(Cancellation);
        foreach (var server in deployment.ChunkServers)
        {
            await RealMasters.RedirectAsync(server, master.Endpoints[0]);
        }

        var mount = await Mount.CreateAsync(deployment.Environment, deployment.Plan.Mount, master.Endpoints[0], name, CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        RealMasters.AssertNone(tree.Differences(await ExactTree.TakeSettledAsync(mount.Path, Cancellation)));
        WriteAndDelete(mount);
        tree = await ExactTree.TakeSettledAsync(mount.Path, Cancellation);
        await mount.StopAsync();
        foreach (var server in deployment.ChunkServers)
        {
            await server.Process.StopAsync();
        }

        Assert.True(await master.StopAsync(Soon));
        return tree;
    }

    private static void WriteAndDelete(Mount mount)
    {
        var path = Path.Combine(mount.Path, "written meanwhile");
        Posix.Content.WriteFile(path, 98, 70_000);
        Posix.Content.AssertFile(path, 98, 70_000);
        File.Delete(path);
    }

    /// <summary>A file that is cut, or whose end is not where it says, is refused with the place, and nothing is left of it.</summary>
    private static async Task RefuseDamagedAsync(Deployment deployment, MfsHaNode node, string original)
    {
        var bytes = await File.ReadAllBytesAsync(original, Cancellation);
        var damaged = Path.Combine(deployment.Environment.Folder, "damaged.mfs");
        await File.WriteAllBytesAsync(damaged, bytes[..(bytes.Length / 2)], Cancellation);
        var truncated = await RealMasters.ImportAsync(node, damaged, Cancellation);
        Assert.Equal(1, truncated.ExitCode);
        Assert.Contains($"offset {bytes.Length / 2}: the file ends here", truncated.Error, StringComparison.Ordinal);
        var section = bytes.AsSpan().IndexOf("QUOT 1.1"u8);
        bytes[section + 15] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, Cancellation);
        var wrong = await RealMasters.ImportAsync(node, damaged, Cancellation);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("section QUOT, offset ", wrong.Error, StringComparison.Ordinal);
        Assert.Equal([".mfsha.lock"], Directory.GetFiles(node.DataFolder, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    private static async Task StartAsync(MfsHaCluster cluster)
    {
        cluster.Nodes[0].Start();
        await cluster.Nodes[0].WaitReadyAsync(Cancellation);
        foreach (var node in cluster.Nodes.Skip(1))
        {
            node.Start();
            string[] add = ["node", "add", $"{node.Id}", "--address", $"{node.Host.Address}:{MfsHaNode.LinkPort}"];
            await Deadline.WaitAsync($"node {node.Id} is added", Soon, async token => (await cluster.TryAdminAsync(cluster.Nodes[0], add, token)).ExitCode == 0, Cancellation);
        }

        await cluster.WaitReadyAsync(Cancellation);
        await cluster.AdminAsync(cluster.Nodes[2], ["consistency-check"], Cancellation);
    }

    private async Task AssertSameAsync(string original, string exported)
    {
        var (before, after) = (await MetadataDump.ReadAsync(release, original, Cancellation), await MetadataDump.ReadAsync(release, exported, Cancellation));
        RealMasters.AssertNone(before.Differences(after, ignored: null));
        Assert.Equal(before.Count("SESSION|"), after.Count("SESSION|"));
    }

    private static async Task<Mount> ServeAsync(Deployment deployment, MfsHaCluster cluster, ExactTree tree, string name)
    {
        foreach (var server in deployment.ChunkServers)
        {
            await RealMasters.RedirectAsync(server, cluster.Nodes[1].Host);
        }

        var mount = await Mount.CreateAsync(deployment.Environment, deployment.Plan.Mount, cluster.Nodes[2].Host, name, CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        RealMasters.AssertNone(tree.Differences(await ExactTree.TakeSettledAsync(mount.Path, Cancellation)));
        return mount;
    }

    private static async Task<ExactTree> ChangeAsync(Mount mount)
    {
        var files = Path.Combine(mount.Path, "files");
        Posix.Content.WriteFile(Path.Combine(files, "new"), 77, 300_000);
        using (var old = new Testbed.Native.PosixFile(Path.Combine(files, "two chunks"), Testbed.Native.OpenFlags.ReadWrite))
        {
            Posix.Content.Write(old, 78, 1000, 200_000);
        }

        using (var shared = new Testbed.Native.PosixFile(Path.Combine(mount.Path, "snapshot/small"), Testbed.Native.OpenFlags.ReadWrite))
        {
            Posix.Content.Write(shared, 79, 100, 100);
        }

        File.Delete(Path.Combine(files, "file12"));
        Directory.Move(Path.Combine(mount.Path, "deep"), Path.Combine(mount.Path, "names/deep"));
        return await ExactTree.TakeSettledAsync(mount.Path, Cancellation);
    }
}

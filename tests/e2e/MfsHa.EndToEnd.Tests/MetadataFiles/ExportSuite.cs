using System.Text.RegularExpressions;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>The way back: what a running cluster exports, real mfsmasters start on, with the same chunkservers' data.</summary>
public abstract partial class ExportSuite(MooseFsRelease release)
{
    // Looking must not move access times.
    private static readonly Dictionary<string, string> LeaveTimes = new() { ["ATIME_MODE"] = "4" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Formats and the mfsmasters that start on them with this release's chunkservers.</summary>
    protected abstract (string Format, MooseFsRelease Master)[] Targets { get; }

    [Fact]
    public async Task Exported_metadata_starts_real_mfsmasters_with_the_same_files()
    {
        await using var deployment = await Deployment.StartAsync(
            new DeploymentPlan(ServiceKind.MfsHa, release, release) { Mounts = 1, Caching = CachePolicy.None, ServiceSettings = LeaveTimes }, Cancellation);
        ExactTree tree;
        Dictionary<string, string> files;
        using (var population = new Population(deployment.Mounts[0]))
        {
            await population.FillAsync(Cancellation);
            tree = await ExactTree.TakeSettledAsync(deployment.Mounts[0].Path, Cancellation);
            files = await ExportAsync(deployment);
            AssertNone(tree.Differences(ExactTree.Take(deployment.Mounts[0].Path)));
        }

        foreach (var (format, master) in ((string, MooseFsRelease)[])[("3.0", MooseFsRelease.V3), ("3.0", MooseFsRelease.V4), ("4.x", MooseFsRelease.V4)])
        {
            await AssertLoadsAndStoresAsync(deployment, files[format], format, master);
        }

        await StopServiceAsync(deployment);
        foreach (var (format, master) in Targets)
        {
            await AssertServesAsync(deployment, files[format], $"serving-{format}-{master}", master, tree);
        }
    }

    private static async Task<Dictionary<string, string>> ExportAsync(Deployment deployment)
    {
        var folder = deployment.Environment.CreateFolder("exported");
        var files = new Dictionary<string, string>();
        foreach (var (format, node) in ((string, int)[])[("3.0", 1), ("4.x", 2)])
        {
            files[format] = Path.Combine(folder, $"metadata-{format}.mfs");
            var output = await deployment.Cluster.AdminAsync(deployment.Cluster.Nodes[node], ["export-metadata", "--output", files[format], "--format", format], Cancellation);
            TestContext.Current.TestOutputHelper?.WriteLine(output);
        }

        Assert.Equal(files.Values.Order(), Directory.GetFiles(folder).Order());
        return files;
    }

    /// <summary>The release's own check: it loads the file, stores what it has understood, and its own dump shows the same.</summary>
    private static async Task AssertLoadsAndStoresAsync(Deployment deployment, string file, string format, MooseFsRelease release)
    {
        var exported = await MetadataDump.ReadAsync(release, file, Cancellation);
        foreach (var kind in (string[])["NODE|", "EDGE|", "QUOTA|", "XATTR|", "POSIXACL|", "OPENFILE|", "FLOCK|", "POSIXLOCK|", "CHUNKSERVER|", "CHUNK|", "SESSION|", "FREEID|"])
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{format} {release}: {kind} {exported.Count(kind)}");
        }

        var master = await MfsMaster.CreateAsync(deployment.Environment, release, file, name: $"restored-{format}-{release}", cancellation: Cancellation);
        await master.RestoreAsync(Cancellation);
        var stored = await MetadataDump.ReadAsync(release, Path.Combine(master.DataFolder, "metadata.mfs"), Cancellation);
        // A newer release stores the classes of an older one in its own words.
        AssertNone(exported.Differences(stored, ignored: format == "3.0" && release == MooseFsRelease.V4 ? "SCLASS" : null));
    }

    private static async Task StopServiceAsync(Deployment deployment)
    {
        await deployment.Mounts[0].StopAsync();
        foreach (var server in deployment.ChunkServers)
        {
            await server.Process.StopAsync();
        }

        foreach (var node in deployment.Cluster.Nodes)
        {
            await node.StopAsync();
        }
    }

    private static async Task AssertServesAsync(Deployment deployment, string file, string name, MooseFsRelease release, ExactTree tree)
    {
        var master = await MfsMaster.CreateAsync(deployment.Environment, release, file, LeaveTimes, name, Cancellation);
        await master.StartAsync(Cancellation);
        foreach (var server in deployment.ChunkServers)
        {
            await RedirectAsync(server, master.Endpoints[0]);
        }

        var mount = await Mount.CreateAsync(deployment.Environment, deployment.Plan.Mount, master.Endpoints[0], $"mount-{name}", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        AssertNone(tree.Differences(await ExactTree.TakeSettledAsync(mount.Path, Cancellation)));

        // And it is alive: it makes new objects and data beside the old ones.
        Posix.Content.WriteFile(Path.Combine(mount.Path, "made later"), 99, 200_000);
        Posix.Content.AssertFile(Path.Combine(mount.Path, "made later"), 99, 200_000);
        File.Delete(Path.Combine(mount.Path, "made later"));
        await mount.StopAsync();
        foreach (var server in deployment.ChunkServers)
        {
            await server.Process.StopAsync();
        }

        Assert.True(await master.StopAsync(TimeSpan.FromSeconds(30)));
    }

    private static void AssertNone(string differences) => Assert.True(differences.Length == 0, differences);

    private static async Task RedirectAsync(ChunkServer server, Host master)
    {
        var configuration = Path.Combine(Path.GetDirectoryName(server.Disk)!, "mfschunkserver.cfg");
        var text = await File.ReadAllTextAsync(configuration, Cancellation);
        await File.WriteAllTextAsync(configuration, MasterHost().Replace(text, $"MASTER_HOST = {master.Address}"), Cancellation);
        server.Start();
    }

    [GeneratedRegex("^MASTER_HOST\\b.*$", RegexOptions.Multiline)]
    private static partial Regex MasterHost();
}

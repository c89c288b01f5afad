using System.Text.RegularExpressions;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>What real mfsmasters make of a metadata.mfs that mfsha has exported.</summary>
internal static partial class RealMasters
{
    /// <summary>Looking must not move access times.</summary>
    public static readonly Dictionary<string, string> LeaveTimes = new() { ["ATIME_MODE"] = "4" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Has a node export its cluster's metadata; returns the file.</summary>
    public static async Task<string> ExportAsync(MfsHaCluster cluster, MfsHaNode node, string folder, string format, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, $"metadata-{format}.mfs");
        var output = await cluster.AdminAsync(node, ["export-metadata", "--output", file, "--format", format], cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        return file;
    }

    /// <summary>Runs <c>mfsha --import-metadata</c> on a node's host.</summary>
    public static Task<CommandResult> ImportAsync(MfsHaNode node, string file, CancellationToken cancellation)
    {
        var configuration = Path.Combine(Path.GetDirectoryName(node.DataFolder)!, "mfsha.cfg");
        return Command.TryRunAsync(node.Host.CommandLine(MfsHaPrograms.Node, "-c", configuration, "--import-metadata", file), cancellation: cancellation);
    }

    /// <summary>Imports a file into the first node of a cluster, starts it alone and exports again; returns what the import said, and the new file.</summary>
    public static async Task<(string Said, string File)> ImportAndExportAsync(MfsHaCluster cluster, string file, string folder, string format, CancellationToken cancellation)
    {
        var result = await ImportAsync(cluster.Nodes[0], file, cancellation);
        Assert.True(result.ExitCode == 0, result.Error);
        cluster.Nodes[0].Start();
        await cluster.Nodes[0].WaitReadyAsync(cancellation);
        return (result.Output, await ExportAsync(cluster, cluster.Nodes[0], folder, format, cancellation));
    }

    /// <summary>The release's own check: it loads the file, stores what it has understood, and its own dump shows the same.</summary>
    public static async Task AssertLoadAndStoreAsync(Deployment deployment, string file, string format, MooseFsRelease release)
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

    /// <summary>Ends a client, all chunkservers and all nodes in good order.</summary>
    public static async Task StopServiceAsync(Deployment deployment, MfsHaCluster cluster, Mount mount)
    {
        await mount.StopAsync();
        foreach (var server in deployment.ChunkServers)
        {
            await server.Process.StopAsync();
        }

        foreach (var node in cluster.Nodes)
        {
            await node.StopAsync();
        }
    }

    /// <summary>An mfsmaster starts on the file, with the chunkservers that were stopped; through it a client sees the tree with its contents, and can write.</summary>
    public static async Task AssertServeAsync(Deployment deployment, string file, string name, MooseFsRelease release, ExactTree tree)
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

    public static void AssertNone(string differences) => Assert.True(differences.Length == 0, differences);

    /// <summary>Starts a chunkserver that was stopped, with another master.</summary>
    public static async Task RedirectAsync(ChunkServer server, Host master)
    {
        var configuration = Path.Combine(Path.GetDirectoryName(server.Disk)!, "mfschunkserver.cfg");
        var text = await File.ReadAllTextAsync(configuration, Cancellation);
        await File.WriteAllTextAsync(configuration, MasterHost().Replace(text, $"MASTER_HOST = {master.Address}"), Cancellation);
        server.Start();
    }

    [GeneratedRegex("^MASTER_HOST\\b.*$", RegexOptions.Multiline)]
    private static partial Regex MasterHost();
}

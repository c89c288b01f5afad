using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>The way back: what a running cluster exports, real mfsmasters start on, with the same chunkservers' data.</summary>
public abstract class ExportSuite(MooseFsRelease release)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Formats and the mfsmasters that start on them with this release's chunkservers.</summary>
    protected abstract (string Format, MooseFsRelease Master)[] Targets { get; }

    [Fact]
    public async Task Exported_metadata_starts_real_mfsmasters_with_the_same_files()
    {
        await using var deployment = await Deployment.StartAsync(
            new DeploymentPlan(ServiceKind.MfsHa, release, release) { Mounts = 1, Caching = CachePolicy.None, ServiceSettings = RealMasters.LeaveTimes }, Cancellation);
        ExactTree tree;
        Dictionary<string, string> files;
        using (var population = new Population(deployment.Mounts[0]))
        {
            await population.FillAsync(Cancellation);
            tree = await ExactTree.TakeSettledAsync(deployment.Mounts[0].Path, Cancellation);
            files = await ExportAsync(deployment);
            RealMasters.AssertNone(tree.Differences(ExactTree.Take(deployment.Mounts[0].Path)));
        }

        foreach (var (format, master) in ((string, MooseFsRelease)[])[("3.0", MooseFsRelease.V3), ("3.0", MooseFsRelease.V4), ("4.x", MooseFsRelease.V4)])
        {
            await RealMasters.AssertLoadAndStoreAsync(deployment, files[format], format, master);
        }

        await RealMasters.StopServiceAsync(deployment, deployment.Cluster, deployment.Mounts[0]);
        foreach (var (format, master) in Targets)
        {
            await RealMasters.AssertServeAsync(deployment, files[format], $"serving-{format}-{master}", master, tree);
        }
    }

    private static async Task<Dictionary<string, string>> ExportAsync(Deployment deployment)
    {
        var folder = deployment.Environment.CreateFolder("exported");
        var files = new Dictionary<string, string>
        {
            ["3.0"] = await RealMasters.ExportAsync(deployment.Cluster, deployment.Cluster.Nodes[1], folder, "3.0", Cancellation),
            ["4.x"] = await RealMasters.ExportAsync(deployment.Cluster, deployment.Cluster.Nodes[2], folder, "4.x", Cancellation),
        };
        Assert.Equal(files.Values.Order(), Directory.GetFiles(folder).Order());
        return files;
    }
}

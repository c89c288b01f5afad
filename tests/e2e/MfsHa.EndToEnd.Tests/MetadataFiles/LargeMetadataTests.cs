using MfsHa.LargeMetadata;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>What imports are measured with is what real mfsmasters take, and an import of it keeps everything.</summary>
public sealed class LargeMetadataTests
{
    private const uint Objects = 20_000;
    private const uint ManyObjects = 1_000_000;
    private const int Kills = 6;
    private const long BytesBetweenKills = 12_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generated_metadata_is_loaded_by_both_releases_and_given_back_as_it_was()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var original = Path.Combine(environment.CreateFolder("generated"), "metadata.mfs");
        await using (var file = new FileStream(original, FileMode.CreateNew))
        {
            new MetadataGenerator(Objects).Write(file);
        }

        var generated = await MetadataDump.ReadAsync(MooseFsRelease.V3, original, Cancellation);
        Assert.Equal((int)Objects, generated.Count("NODE|"));
        foreach (var release in (MooseFsRelease[])[MooseFsRelease.V3, MooseFsRelease.V4])
        {
            var master = await MfsMaster.CreateAsync(environment, release, original, name: $"loads-{release}", cancellation: Cancellation);
            await master.RestoreAsync(Cancellation);
            var stored = await MetadataDump.ReadAsync(release, Path.Combine(master.DataFolder, "metadata.mfs"), Cancellation);
            RealMasters.AssertNone((await MetadataDump.ReadAsync(release, original, Cancellation)).Differences(stored, ignored: release == MooseFsRelease.V4 ? "SCLASS" : null));
        }

        var cluster = await MfsHaCluster.CreateAsync(environment, settings: RealMasters.LeaveTimes, cancellation: Cancellation);
        var (_, exported) = await RealMasters.ImportAndExportAsync(cluster, original, environment.CreateFolder("exported"), "3.0", Cancellation);
        RealMasters.AssertNone(generated.Differences(await MetadataDump.ReadAsync(MooseFsRelease.V3, exported, Cancellation), ignored: null));
    }

    [Fact]
    public async Task An_import_that_is_killed_leaves_nothing_that_a_node_starts_on_and_can_be_made_again()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var original = Path.Combine(environment.CreateFolder("generated"), "metadata.mfs");
        await using (var file = new FileStream(original, FileMode.CreateNew))
        {
            new MetadataGenerator(ManyObjects).Write(file);
        }

        var cluster = await MfsHaCluster.CreateAsync(environment, settings: RealMasters.LeaveTimes, cancellation: Cancellation);
        var node = cluster.Nodes[0];
        var configuration = Path.Combine(Path.GetDirectoryName(node.DataFolder)!, "mfsha.cfg");
        var prepared = Path.Combine(node.DataFolder, ".import");
        for (var kill = 0; kill < Kills; kill++)
        {
            // First while the file is read, then while records are written: what is there says how far it is.
            await using var import = ManagedProcess.Start(
                node.Host, $"import {kill}", environment.LogFile($"import{kill}"), [MfsHaPrograms.Node, "-c", configuration, "--import-metadata", original]);
            var bytes = kill * BytesBetweenKills;
            await Deadline.WaitAsync($"the import has written {bytes} bytes", TimeSpan.FromSeconds(60), () => import.HasExited || Written(prepared) > bytes, Cancellation);
            await import.KillAsync();
            // "log" holds the log files of the imports, and no log store.
            Assert.Empty(Directory.GetFileSystemEntries(node.DataFolder).Select(Path.GetFileName).Except([".import", ".mfsha.lock", "log"]));
            Assert.False(File.Exists(Path.Combine(node.DataFolder, "log", "CURRENT")), "the log store is in its place");
        }

        var (_, exported) = await RealMasters.ImportAndExportAsync(cluster, original, environment.CreateFolder("exported"), "3.0", Cancellation);
        Assert.Equal((int)ManyObjects, (await MetadataDump.ReadAsync(MooseFsRelease.V3, exported, Cancellation)).Count("NODE|"));
    }

    private static long Written(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static f => f.Exists ? f.Length : 0) : -1;
        }
        catch (IOException)
        {
            // Somebody else's file is gone meanwhile.
            return -1;
        }
    }
}

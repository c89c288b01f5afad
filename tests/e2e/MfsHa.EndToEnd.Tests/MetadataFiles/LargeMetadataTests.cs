using MfsHa.LargeMetadata;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>What imports are measured with is what real mfsmasters take, and an import of it keeps everything.</summary>
public sealed class LargeMetadataTests
{
    private const uint Objects = 20_000;

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
}

using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

/// <summary>A cut over several shards is not built yet: it is refused, not made wrong.</summary>
public sealed class SeveralShardsTests
{
    [Fact]
    public async Task A_cluster_with_several_shards_refuses_to_export_and_says_why()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var environment = await TestEnvironment.CreateAsync(cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: new Dictionary<string, string> { ["HA_SHARD_COUNT"] = "2" }, cancellation: cancellation);
        await cluster.StartAsync(cancellation);
        var folder = environment.CreateFolder("exported");
        var result = await cluster.TryAdminAsync(cluster.Nodes[1], ["export-metadata", "--output", Path.Combine(folder, "metadata.mfs")], cancellation);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the cluster has 2 shards (HA_SHARD_COUNT)", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }
}

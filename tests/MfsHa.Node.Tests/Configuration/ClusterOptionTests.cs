using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Tests.Configuration;

/// <summary>Keys that were set for all nodes.</summary>
public sealed class ClusterOptionTests
{
    private const string Text = "MATOCL_TIMEOUT = 15\n";

    [Fact]
    public void What_is_set_for_all_nodes_wins_over_file_and_environment()
    {
        LoadedConfiguration loaded = Read.File(Text, ("SESSION_SUSTAIN_TIME", "3600")).WithClusterOptions(new Dictionary<string, string> { ["MATOCL_TIMEOUT"] = "20", ["SESSION_SUSTAIN_TIME"] = "7200" });
        Assert.Equal(TimeSpan.FromSeconds(20), loaded.Node.Clients.Timeout);
        Assert.Equal(TimeSpan.FromHours(2), loaded.Node.FileSystem.SessionSustainTime);
        Assert.Equal("cluster", loaded.Values.OriginOf(ListenerKeys.ClientTimeout).ToString());
        Assert.Equal("default", loaded.Values.OriginOf(ListenerKeys.ChunkServerTimeout).ToString());
    }

    [Fact]
    public void What_means_nothing_to_a_node_is_left_aside_and_said()
    {
        LoadedConfiguration loaded = Read.File(Text).WithClusterOptions(new Dictionary<string, string> { ["NO_SUCH_KEY"] = "1", ["MATOCL_TIMEOUT"] = "often", ["MFSHA_PORT"] = "1" });
        Assert.Equal(TimeSpan.FromSeconds(15), loaded.Node.Clients.Timeout);
        Assert.Equal(9430, loaded.Node.Port);
        Assert.Equal(3, loaded.Warnings.Count(static w => w.StartsWith("cluster: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_contradiction_is_refused() => Assert.Throws<ConfigurationException>(
        () => Read.File("CHUNKS_SOFT_DEL_LIMIT = 10\nCHUNKS_HARD_DEL_LIMIT = 25\n").WithClusterOptions(new Dictionary<string, string> { ["CHUNKS_HARD_DEL_LIMIT"] = "5" }));

    [Fact]
    public void Secrets_restarts_and_paths_of_one_node_cannot_be_set_so()
    {
        Assert.Contains("restart", ClusterKeys.Port.WhyNotSettable(), StringComparison.Ordinal);
        Assert.Contains("formed", ClusterKeys.ShardCount.WhyNotSettable(), StringComparison.Ordinal);
        Assert.Contains("secret", ListenerKeys.AuthCode.WhyNotSettable(), StringComparison.Ordinal);
        Assert.Contains("each node's own", FileSystemKeys.ExportsFile.WhyNotSettable(), StringComparison.Ordinal);
        Assert.Null(ListenerKeys.ClientTimeout.WhyNotSettable());
    }
}

using MfsHa.Cluster.Formation;
using MfsHa.NodeLink;
using Xunit;

namespace MfsHa.Cluster.Tests.Formation;

public sealed class IdentityFileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("mfsha-identity-").FullName;

    [Fact]
    public void An_identity_survives_a_restart()
    {
        var instance = Guid.NewGuid();
        var file = new IdentityFile(directory);
        var identity = file.LoadOrCreate(new NodeId(2), 7, () => instance) with { Cluster = Guid.NewGuid(), Founders = [new(new NodeId(1), Guid.NewGuid(), 8), new(new NodeId(2), instance, 7)] };
        file.Store(identity);

        var loaded = new IdentityFile(directory).LoadOrCreate(new NodeId(2), 7, () => throw new InvalidOperationException("it exists"));

        Assert.Equal(instance, loaded.Instance);
        Assert.Equal(identity.Cluster, loaded.Cluster);
        Assert.Equal(identity.Founders, loaded.Founders);
    }

    [Fact]
    public void The_directory_of_another_node_is_refused()
    {
        new IdentityFile(directory).LoadOrCreate(new NodeId(2), 7, Guid.NewGuid);

        var e = Assert.Throws<InvalidDataException>(() => new IdentityFile(directory).LoadOrCreate(new NodeId(3), 7, Guid.NewGuid));

        Assert.Contains("node.json", e.Message, StringComparison.Ordinal);
        Assert.Contains("MFSHA_NODE_ID is 3", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"version\":9}")]
    public void A_damaged_file_is_refused_and_kept(string content)
    {
        var path = Path.Combine(directory, "node.json");
        File.WriteAllText(path, content);

        Assert.Throws<InvalidDataException>(() => new IdentityFile(directory).LoadOrCreate(new NodeId(3), 7, Guid.NewGuid));
        Assert.Equal(content, File.ReadAllText(path));
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);
}

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
    [InlineData("{\"version\":0}")]
    public void A_damaged_file_is_refused_and_kept(string content)
    {
        var path = Path.Combine(directory, "node.json");
        File.WriteAllText(path, content);

        Assert.Throws<InvalidDataException>(() => new IdentityFile(directory).LoadOrCreate(new NodeId(3), 7, Guid.NewGuid));
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void A_directory_of_a_later_format_level_is_refused_before_anything_and_says_which_release_to_install()
    {
        var path = Path.Combine(directory, "node.json");
        var content = """{"version":200,"node":3,"instance":"11111111-2222-3333-4444-555555555555","incarnation":7,"cluster":"11111111-2222-3333-4444-555555555555","founders":[],"release":"9.1.0"}""";
        File.WriteAllText(path, content);

        foreach (var refused in (Action<IdentityFile>[])[f => f.OpenFormats("0.1.0"), f => f.Peek(), f => f.LoadOrCreate(new NodeId(3), 7, Guid.NewGuid)])
        {
            var e = Assert.Throws<InvalidDataException>(() => refused(new IdentityFile(directory)));
            Assert.Contains("are of format level 200, this release reads format level", e.Message, StringComparison.Ordinal);
            Assert.Contains("install release 9.1.0, which wrote them", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(content, File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(directory));
    }

    [Fact]
    public void A_directory_of_a_release_before_format_levels_is_of_the_first_one()
    {
        File.WriteAllText(
            Path.Combine(directory, "node.json"),
            """{"version":1,"node":3,"instance":"11111111-2222-3333-4444-555555555555","incarnation":7,"cluster":"11111111-2222-3333-4444-555555555555","founders":[]}""");

        Assert.Equal(1, new IdentityFile(directory).OpenFormats("0.1.0").Level);
        Assert.Equal(7u, new IdentityFile(directory).LoadOrCreate(new NodeId(3), 7, Guid.NewGuid).Incarnation);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);
}

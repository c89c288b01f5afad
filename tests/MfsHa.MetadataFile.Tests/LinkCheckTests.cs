using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;

namespace MfsHa.MetadataFile.Tests;

/// <summary>A state in which entries and objects do not belong together is not written.</summary>
public sealed class LinkCheckTests
{
    private readonly SmallCluster cluster = new();
    private readonly uint directory;
    private readonly uint file;

    public LinkCheckTests()
    {
        directory = cluster.Shard.MakeDirectory(1, "directory");
        file = cluster.Shard.MakeFile(directory, "file");
        cluster.Shard.MakeFile(1, "other");
    }

    private NamespaceState State => cluster.Shard.State;

    [Fact]
    public void What_is_whole_is_written() => Assert.NotEmpty(cluster.Write(MetadataFormat.Version4));

    [Fact]
    public void An_object_without_its_entry_is_noticed() => AssertNoticed("entries of directories", () =>
    {
        State.Edges.Remove((directory, State.Inodes.Require(file).ParentEdge));
        State.Inodes.Set(directory, State.Inodes.Require(directory) with { Entries = 0 });
    });

    [Fact]
    public void An_entry_without_its_object_is_noticed() => AssertNoticed("entries of directories", () => State.Inodes.Remove(file));

    [Fact]
    public void An_object_that_belongs_nowhere_is_noticed() => AssertNoticed("has no entry in any directory", () => State.Inodes.Set(file, State.Inodes.Require(file) with { Parent = 0 }));

    [Fact]
    public void A_wrong_link_count_is_noticed() => AssertNoticed("link counts of objects", () => State.Inodes.Set(file, State.Inodes.Require(file) with { LinkCount = 2 }));

    [Fact]
    public void A_wrong_link_count_of_a_directory_is_noticed() =>
        AssertNoticed("link counts of directories", () => State.Inodes.Set(directory, State.Inodes.Require(directory) with { LinkCount = 3 }));

    [Fact]
    public void A_wrong_number_of_entries_is_noticed() =>
        AssertNoticed("numbers of entries", () => State.Inodes.Set(directory, State.Inodes.Require(directory) with { Entries = 2 }));

    [Fact]
    public void A_missing_root_is_noticed() => AssertNoticed("root directory", () => State.Inodes.Remove(1));

    private void AssertNoticed(string what, Action change)
    {
        change();
        State.Commit(success: true);
        var e = Assert.Throws<MetadataFileException>(() => cluster.Write(MetadataFormat.Version4));
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }
}

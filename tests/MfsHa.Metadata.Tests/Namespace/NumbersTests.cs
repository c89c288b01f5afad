using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

/// <summary>Inode numbers and hard link limits.</summary>
public sealed class NumbersTests
{
    private const uint Day = 86_400;
    private readonly Shard shard = new();

    [Fact]
    public void A_freed_number_rests_for_the_delay_and_is_used_again_then()
    {
        var first = shard.MakeFile(1, "a");
        shard.Run(new RemoveFile(1, new Name("a"), Shard.User()));
        Assert.NotEqual(first, shard.MakeFile(1, "b"));
        shard.Now += Day;
        Assert.Equal(0, Recycle());
        shard.Now += 1;
        Assert.Equal(1, Recycle());
        Assert.Equal(first, shard.MakeFile(1, "c"));
        Assert.NotEqual(first, shard.MakeFile(1, "d"));
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_number_that_a_session_still_lists_rests_again()
    {
        var file = shard.MakeFile(1, "a");
        shard.Run(new RemoveFile(1, new Name("a"), Shard.User()));
        shard.Run(new SyncOpenFiles(1, [file]));
        shard.Now += Day + 1;
        Assert.Equal(1, Recycle());
        Assert.NotEqual(file, shard.MakeFile(1, "b"));
        shard.Run(new SyncOpenFiles(1, []));
        shard.Now += Day + 1;
        Assert.Equal(1, Recycle());
        Assert.Equal(file, shard.MakeFile(1, "c"));
        Audit.Check(shard.State);
    }

    [Fact]
    public void A_number_that_is_listed_after_it_was_released_for_use_is_passed_over()
    {
        var a = shard.MakeFile(1, "a");
        var b = shard.MakeFile(1, "b");
        shard.Run(new RemoveFile(1, new Name("a"), Shard.User()));
        shard.Run(new RemoveFile(1, new Name("b"), Shard.User()));
        shard.Now += Day + 1;
        Assert.Equal(2, Recycle());
        shard.Run(new SyncOpenFiles(1, [a]));
        Assert.Equal(b, shard.MakeFile(1, "c"));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Many_numbers_are_recycled_in_batches_lowest_first()
    {
        for (var i = 0; i < 600; i++)
        {
            shard.MakeFile(1, $"f{i}");
        }

        for (var i = 599; i >= 0; i--)
        {
            shard.Run(new RemoveFile(1, new Name($"f{i}"), Shard.User()));
        }

        shard.Now += Day + 1;
        Assert.Equal(600, shard.Run<CountReply>(new RecycleInodes(1000)).Count);
        Assert.Equal(Enumerable.Range(2, 601).Select(i => (uint)i), Enumerable.Range(0, 601).Select(i => shard.MakeFile(1, $"g{i}")));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Hard_links_are_limited_and_forbidden_for_directories_and_detached_files()
    {
        shard.Run(new ConfigureNamespace(Settings.Default with { MaxHardLinks = 8 }));
        var file = shard.MakeFile(1, "f");
        for (var i = 2; i <= 8; i++)
        {
            Assert.Equal((uint)i, shard.Run<NodeReply>(Link(file, $"l{i}")).Attributes.LinkCount);
        }

        Assert.Equal(StatusCode.EMLink, shard.Status(Link(file, "more")));
        Assert.Equal(StatusCode.EPerm, shard.Status(Link(shard.MakeDirectory(1, "d"), "x")));
        var trash = shard.CreateFile(1, "t");
        shard.Run(new RemoveFile(1, new Name("t"), Shard.User()));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(Link(trash, "x")));
        Assert.Equal(StatusCode.ENotDir, shard.Status(new MakeLink(trash, trash, new Name("x"), Shard.User()) with { Inode = shard.MakeFile(1, "z") }));
        Assert.Equal(StatusCode.EExist, shard.Status(Link(shard.MakeFile(1, "y"), "f")));
        shard.Set(file, ExtraAttributes.Immutable);
        Assert.Equal(StatusCode.EPerm, shard.Status(Link(file, "more")));
        Audit.Check(shard.State);
    }

    [Fact]
    public void Linked_files_count_in_every_directory()
    {
        var a = shard.MakeDirectory(1, "a");
        var b = shard.MakeDirectory(a, "b");
        var file = shard.MakeFile(a, "f");
        shard.Run(new MakeLink(file, b, new Name("l"), Shard.User()));
        shard.Run(new SetLength(file, TruncateFlags.None, 100, false, Shard.User()));
        Assert.Equal(new SubtreeTotals(1, 0, 1, 0, 100, 0, 0), shard.State.Totals.Require(b));
        Assert.Equal(new SubtreeTotals(3, 1, 2, 0, 200, 0, 0), shard.State.Totals.Require(a));
        Assert.Equal(new SubtreeTotals(4, 2, 2, 0, 200, 0, 0), shard.Run<TotalsReply>(new GetDirectoryTotals(a, Shard.User())).Totals);
        Assert.Equal([a, b], shard.Run<InodesReply>(new GetParents(file, Shard.User())).Inodes);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Equal(StatusCode.EInval, shard.Status(new ConfigureNamespace(Settings.Default with { MaxHardLinks = 7 })));
        Assert.Equal(StatusCode.EInval, shard.Status(new ConfigureNamespace(Settings.Default with { InodeReuseDelay = 299 })));
        Assert.Equal(StatusCode.EInval, shard.Status(new ConfigureNamespace(Settings.Default with { AccessTimes = (AccessTimeMode)5 })));
        Assert.Equal(StatusCode.EExist, shard.Status(new FormatNamespace(1)));
    }

    private static MakeLink Link(uint inode, string name) => new(inode, 1, new Name(name), Shard.User());

    private int Recycle() => shard.Run<CountReply>(new RecycleInodes(100)).Count;
}

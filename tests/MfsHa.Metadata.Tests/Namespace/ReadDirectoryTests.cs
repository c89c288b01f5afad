using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.Metadata.Tests.Support;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.Namespace;

public sealed class ReadDirectoryTests
{
    private readonly Shard shard = new();

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(7u)]
    [InlineData(uint.MaxValue)]
    public void Pages_of_any_size_show_every_entry_once_newest_first(uint size)
    {
        for (var i = 0; i < 20; i++)
        {
            shard.MakeFile(1, $"f{i}");
        }

        var expected = new List<string> { ".", ".." };
        expected.AddRange(Enumerable.Range(0, 20).Reverse().Select(i => $"f{i}"));
        Assert.Equal(expected, ReadAll(size, static (_, _) => { }));
    }

    [Fact]
    public void Entries_that_stay_are_shown_once_while_others_come_and_go_between_pages()
    {
        for (var i = 0; i < 40; i++)
        {
            shard.MakeFile(1, $"f{i}");
        }

        var listed = ReadAll(3, (page, cursor) =>
        {
            // The entry at the cursor goes, and a new one comes.
            if (cursor is > 2 and < DirectoryReply.EndCursor && shard.State.Edges.Get((1, cursor)) is { } edge && page % 2 == 0)
            {
                shard.Run(new RemoveFile(1, edge.Name, Shard.User()));
            }

            shard.MakeFile(1, $"new{page}");
            shard.Write();
        });
        Assert.Equal(listed.Count, listed.Distinct().Count());
        var left = shard.State.Edges.All().Select(e => e.Value.Name.ToString()).Where(n => n[0] == 'f').ToList();
        Assert.True(left.Count < 40);
        Assert.Empty(left.Except(listed));
        Assert.DoesNotContain(listed, n => n.StartsWith("new", StringComparison.Ordinal));
    }

    [Fact]
    public void Attributes_come_only_when_asked_for_and_say_through_which_directory()
    {
        var directory = shard.MakeDirectory(1, "d");
        shard.Set(1, ExtraAttributes.NoEntryCache);
        var entry = Page(new ReadDirectory(1, ReadDirectoryFlags.None, 10, 0, Shard.User())).Entries[2];
        Assert.Equal((directory, NodeType.Directory, default), (entry.Inode, entry.Type, entry.Attributes));
        var all = Page(new ReadDirectory(1, ReadDirectoryFlags.WithAttributes, 10, 0, Shard.User())).Entries;
        Assert.All(all, e => Assert.True(e.Attributes.Flags.HasFlag(AttributeFlags.NoEntryCache)));
        Assert.Equal(2u, all[2].Attributes.LinkCount);
    }

    [Fact]
    public void Permissions_are_checked_at_the_beginning_only()
    {
        var directory = shard.MakeDirectory(1, "d", 0x1E4);
        var user = Shard.User(10);
        Assert.Equal(StatusCode.Ok, shard.Status(new ReadDirectory(directory, ReadDirectoryFlags.None, 1, 0, user)));
        Assert.Equal(StatusCode.EAcces, shard.Status(new ReadDirectory(directory, ReadDirectoryFlags.WithAttributes, 1, 0, user)));
        Assert.Equal(StatusCode.Ok, shard.Status(new ReadDirectory(directory, ReadDirectoryFlags.WithAttributes, 1, 1, user)));
        Assert.Equal(StatusCode.EPerm, shard.Status(new ReadDirectory(1, ReadDirectoryFlags.None, 1, 0, Shard.User(disables: DisabledOperations.ReadDirectory))));
        Assert.Equal(StatusCode.ENoEnt, shard.Status(new ReadDirectory(99, ReadDirectoryFlags.None, 1, 0, user)));
        Assert.Equal(StatusCode.ENotDir, shard.Status(new ReadDirectory(shard.MakeFile(1, "f"), ReadDirectoryFlags.None, 1, 0, user)));
    }

    [Fact]
    public void A_page_has_at_most_its_limit_and_the_next_goes_on()
    {
        for (var i = 0; i < ReadDirectory.MaxPage + 10; i++)
        {
            shard.MakeFile(1, $"f{i}");
        }

        var first = Page(new ReadDirectory(1, ReadDirectoryFlags.None, uint.MaxValue, 0, Shard.User()));
        Assert.Equal(ReadDirectory.MaxPage, first.Entries.Length);
        var second = Page(new ReadDirectory(1, ReadDirectoryFlags.None, uint.MaxValue, first.NextCursor, Shard.User()));
        Assert.Equal((12, DirectoryReply.EndCursor), (second.Entries.Length, second.NextCursor));
        Assert.Empty(Page(new ReadDirectory(1, ReadDirectoryFlags.None, 5, DirectoryReply.EndCursor, Shard.User())).Entries);
        Assert.Equal((0, 0ul), (Page(new ReadDirectory(1, ReadDirectoryFlags.None, 0, 0, Shard.User())).Entries.Length, 0ul));
    }

    private DirectoryReply Page(ReadDirectory query) => shard.Run<DirectoryReply>(query);

    private List<string> ReadAll(uint size, Action<int, ulong> between)
    {
        var names = new List<string>();
        ulong cursor = 0;
        for (var page = 0; cursor != DirectoryReply.EndCursor; page++)
        {
            var reply = Page(new ReadDirectory(1, ReadDirectoryFlags.WithAttributes, size, cursor, Shard.User()));
            Assert.True(reply.Entries.Length <= size);
            names.AddRange(reply.Entries.Select(e => e.Name.ToString()));
            cursor = reply.NextCursor;
            between(page, cursor);
        }

        return names;
    }
}

using MfsHa.Testbed;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Posix;

// Directories and names.
public abstract partial class PosixSuite<TPlan>
{
    private protected static readonly TimeSpan CacheLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public Task Ten_thousand_entries_are_listed_once_each() => OnBothAsync((a, b) =>
    {
        const int entries = 10_000;
        var names = Enumerable.Range(0, entries).Select(static i => $"entry-{i:D5}").ToArray();

        // A kernel does one change of a directory at a time, so both mounts take part.
        Parallel.Invoke(
            () => MakeEach(a, names.Where(static (_, i) => i % 2 == 0)),
            () => MakeEach(b, names.Where(static (_, i) => i % 2 == 1)));
        Assert.Equal(names, P.ReadDirectory(a).Order(StringComparer.Ordinal));
        Assert.Equal(names, P.ReadDirectory(b).Order(StringComparer.Ordinal));
        Parallel.Invoke(
            () => RemoveEach(b, names.Where(static (_, i) => i % 4 == 0)),
            () => RemoveEach(a, names.Where(static (_, i) => i % 4 == 2)));
        Assert.Equal(names.Where(static (_, i) => i % 2 == 1), P.ReadDirectory(b).Order(StringComparer.Ordinal));

        static void MakeEach(string folder, IEnumerable<string> names)
        {
            foreach (var name in names)
            {
                P.MakeNode($"{folder}/{name}", FileKind.File, 0x1A4);
            }
        }

        static void RemoveEach(string folder, IEnumerable<string> names)
        {
            foreach (var name in names)
            {
                P.Unlink($"{folder}/{name}");
            }
        }
    });

    [Fact]
    public Task Deep_tree_can_be_walked_moved_and_removed() => OnBothAsync((a, b) =>
    {
        const int depth = 100;
        var below = string.Concat(Enumerable.Range(0, depth).Select(static i => $"/d{i}"));
        Directory.CreateDirectory($"{a}/top{below}");
        Content.WriteFile($"{a}/top{below}/leaf", 20, 10);
        P.MakeDirectory($"{a}/other");
        P.Rename($"{a}/top", $"{a}/other/moved");
        Content.AssertFile($"{b}/other/moved{below}/leaf", 20, 10);
        AssertFails(Errno.Invalid, () => P.Rename($"{a}/other", $"{a}/other/moved{below}/loop"));
        Directory.Delete($"{a}/other", recursive: true);
        Assert.Empty(P.ReadDirectory(a));
    });

    [Fact]
    public Task Hard_links_in_several_directories_are_one_file() => OnBothAsync((a, b) =>
    {
        P.MakeDirectory($"{a}/one");
        P.MakeDirectory($"{a}/two");
        Content.WriteFile($"{a}/one/file", 21, 100);
        P.Link($"{a}/one/file", $"{a}/two/link");
        P.Link($"{a}/two/link", $"{a}/third");
        var status = P.Stat($"{b}/one/file");
        Assert.Equal(3u, status.Links);
        Assert.Equal(status.Inode, P.Stat($"{b}/third").Inode);
        P.ChangeMode($"{a}/third", 0x180);
        Assert.Equal(0x180u, P.Stat($"{a}/two/link").Mode);
        P.Unlink($"{a}/one/file");
        Assert.Equal(2u, P.Stat($"{a}/two/link").Links);
        Content.AssertFile($"{b}/two/link", 21, 100);
        P.Rename($"{a}/third", $"{a}/two/link");
        Assert.True(P.Exists($"{a}/third"), "renaming one link of a file over another does nothing");
        AssertFails(Errno.NotPermitted, () => P.Link($"{a}/one", $"{a}/directory-link"));
        AssertFails(Errno.Exists, () => P.Link($"{a}/third", $"{a}/two/link"));
    });

    [Fact]
    public Task Rename_replaces_what_it_may_and_refuses_the_rest() => OnOneAsync(a =>
    {
        P.MakeDirectory($"{a}/empty");
        P.MakeDirectory($"{a}/full");
        P.MakeDirectory($"{a}/full/child");
        P.MakeDirectory($"{a}/source");
        Content.WriteFile($"{a}/file", 22, 1);
        AssertFails(Errno.NotEmpty, () => P.Rename($"{a}/source", $"{a}/full"));
        AssertFails(Errno.NotDirectory, () => P.Rename($"{a}/source", $"{a}/file"));
        AssertFails(Errno.IsDirectory, () => P.Rename($"{a}/file", $"{a}/empty"));
        AssertFails(Errno.NoEntry, () => P.Rename($"{a}/missing", $"{a}/empty"));
        P.Rename($"{a}/source", $"{a}/empty");
        Assert.Equal(["empty", "file", "full"], P.ReadDirectory(a).Order(StringComparer.Ordinal));
        Assert.Equal(4u, P.Stat(a).Links);
    });

    [Fact]
    public Task Rename_can_exchange_and_can_refuse_to_replace() => OnOneAsync(a =>
    {
        P.MakeDirectory($"{a}/directory");
        Content.WriteFile($"{a}/directory/inside", 23, 1);
        Content.WriteFile($"{a}/file", 24, 2);
        AssertFails(Errno.Exists, () => P.Rename($"{a}/file", $"{a}/directory", RenameMode.NoReplace));
        if (!KnowsRenameModes)
        {
            AssertFails(Errno.Invalid, () => P.Rename($"{a}/file", $"{a}/directory", RenameMode.Exchange));
            return;
        }
        P.Rename($"{a}/file", $"{a}/directory", RenameMode.Exchange);
        Content.AssertFile($"{a}/directory", 24, 2);
        Content.AssertFile($"{a}/file/inside", 23, 1);
        AssertFails(Errno.NoEntry, () => P.Rename($"{a}/file", $"{a}/missing", RenameMode.Exchange));
        P.Rename($"{a}/file", $"{a}/missing", RenameMode.NoReplace);
        Content.AssertFile($"{a}/missing/inside", 23, 1);
    });

    [Fact]
    public Task Names_may_be_long_and_in_any_script_but_not_longer_than_255_bytes() => OnBothAsync((a, b) =>
    {
        string[] names = [new('n', 255), "zażółć gęślą jaźń", "文件", " leading and trailing ", "new\nline", "-rf *", "back\\slash", "\u0001"];
        foreach (var name in names)
        {
            Content.WriteFile($"{a}/{name}", 25, 3);
        }
        Assert.Equal(names.Order(StringComparer.Ordinal), P.ReadDirectory(b).Order(StringComparer.Ordinal));
        AssertFails(Errno.NameTooLong, () => P.MakeDirectory($"{a}/{new string('n', 256)}"));
        AssertFails(Errno.NoEntry, () => P.Stat($"{a}/Zażółć gęślą jaźń"));
    });

    [Fact]
    public Task Symbolic_links_keep_their_target_to_the_letter() => OnBothAsync((a, b) =>
    {
        var target = string.Concat(Enumerable.Repeat("0123456789/", 370));
        P.Symlink(target, $"{a}/long");
        P.Symlink("../nowhere", $"{a}/dangling");
        P.Symlink("loop", $"{a}/loop");
        Assert.Equal(target, P.ReadLink($"{b}/long"));
        Assert.Equal(target.Length, P.Stat($"{b}/long").Size);
        Assert.Equal("../nowhere", P.ReadLink($"{b}/dangling"));
        AssertFails(Errno.TooManySymlinks, () => new PosixFile($"{b}/loop", OpenFlags.Read).Close());
        Assert.Equal(FileKind.Symlink, P.Stat($"{b}/loop").Kind);
    });

    [Fact]
    public Task Special_files_keep_their_kind_and_device_number() => OnBothAsync((a, b) =>
    {
        P.MakeNode($"{a}/fifo", FileKind.Fifo, 0x180);
        P.MakeNode($"{a}/socket", FileKind.Socket, 0x1FF);
        P.MakeNode($"{a}/null", FileKind.CharacterDevice, 0x1B6, (1, 3));
        P.MakeNode($"{a}/disk", FileKind.BlockDevice, 0x1B0, (8, 17));
        Assert.Equal((FileKind.Fifo, 0x180u), (P.Stat($"{b}/fifo").Kind, P.Stat($"{b}/fifo").Mode));
        Assert.Equal(FileKind.Socket, P.Stat($"{b}/socket").Kind);
        Assert.Equal((FileKind.CharacterDevice, (1u, 3u)), (P.Stat($"{b}/null").Kind, P.Stat($"{b}/null").RawDevice));
        Assert.Equal((FileKind.BlockDevice, (8u, 17u)), (P.Stat($"{b}/disk").Kind, P.Stat($"{b}/disk").RawDevice));
    });

    [Fact]
    public Task Removal_is_refused_where_posix_says_so() => OnOneAsync(a =>
    {
        P.MakeDirectory($"{a}/full");
        Content.WriteFile($"{a}/full/file", 26, 1);
        AssertFails(Errno.NotEmpty, () => P.RemoveDirectory($"{a}/full"));
        AssertFails(Errno.NotDirectory, () => P.RemoveDirectory($"{a}/full/file"));
        AssertFails(Errno.IsDirectory, () => P.Unlink($"{a}/full"));
        AssertFails(Errno.NoEntry, () => P.Unlink($"{a}/full/missing"));
        AssertFails(Errno.NotDirectory, () => P.Unlink($"{a}/full/file/below"));
        AssertFails(Errno.Exists, () => P.MakeDirectory($"{a}/full/file"));
        P.Unlink($"{a}/full/file");
        P.RemoveDirectory($"{a}/full");
        Assert.Empty(P.ReadDirectory(a));
    });

    [Fact]
    public async Task Names_made_and_removed_by_one_client_appear_and_vanish_for_another()
    {
        string a = "", b = "";
        await OnBothAsync((pathA, pathB) =>
        {
            (a, b) = (pathA, pathB);
            Assert.False(P.Exists($"{b}/file"));
            Content.WriteFile($"{a}/file", 27, 1);
            Assert.True(P.Exists($"{b}/file"));
            P.Unlink($"{a}/file");
        });
        await Deadline.WaitAsync("B sees that A removed the file", CacheLimit, () => !P.Exists($"{b}/file"), TestContext.Current.CancellationToken);
    }
}

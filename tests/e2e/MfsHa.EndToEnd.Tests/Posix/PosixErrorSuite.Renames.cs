using MfsHa.Testbed;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Posix;

// Renames of everything over everything, within a directory and between two. On one mount: what another one has cached may be a second old.
public abstract partial class PosixErrorSuite<TPlan>
{
    private static readonly string[] folders = ["from", "to"];
    private static readonly string[] kinds = ["file", "link", "fifo", "empty", "full"];

    [Fact]
    public Task Rename_of_every_kind_over_every_kind() => OnOneAsync(a =>
    {
        P.MakeDirectory($"{a}/from");
        P.MakeDirectory($"{a}/to");
        foreach (var (source, target) in kinds.SelectMany(static s => kinds.Select(t => (s, t))))
        {
            foreach (var folder in folders)
            {
                Make($"{a}/from/source", source);
                Make($"{a}/{folder}/target", target);
                var (moved, replaced) = (P.Stat($"{a}/from/source"), P.Stat($"{a}/{folder}/target"));
                AssertFails(Errno.Exists, () => P.Rename($"{a}/from/source", $"{a}/{folder}/target", RenameMode.NoReplace));
                var expected = IsDirectory(source)
                    ? target switch { "empty" => Errno.None, "full" => Errno.NotEmpty, _ => Errno.NotDirectory }
                    : IsDirectory(target) ? Errno.IsDirectory : Errno.None;
                var error = ErrorOf(() => P.Rename($"{a}/from/source", $"{a}/{folder}/target"));
                Assert.True(error == expected, $"{source} over {target} in {folder}: {error} instead of {expected}");
                Assert.Equal(error == Errno.None ? moved.Inode : replaced.Inode, P.Stat($"{a}/{folder}/target").Inode);
                Assert.Equal(error != Errno.None, P.Exists($"{a}/from/source"));
                Clear($"{a}/from");
                Clear($"{a}/to");
            }
        }
    });

    [Fact]
    public Task Exchange_of_every_kind_with_every_kind() => OnOneAsync(a =>
    {
        P.MakeDirectory($"{a}/from");
        P.MakeDirectory($"{a}/to");
        foreach (var (source, target) in kinds.SelectMany(static s => kinds.Select(t => (s, t))))
        {
            Make($"{a}/from/source", source);
            Make($"{a}/to/target", target);
            var (first, second) = (P.Stat($"{a}/from/source").Inode, P.Stat($"{a}/to/target").Inode);
            AssertFails(Errno.NoEntry, () => P.Rename($"{a}/from/source", $"{a}/to/missing", RenameMode.Exchange));
            if (KnowsRenameModes)
            {
                P.Rename($"{a}/from/source", $"{a}/to/target", RenameMode.Exchange);
                Assert.Equal((second, first), (P.Stat($"{a}/from/source").Inode, P.Stat($"{a}/to/target").Inode));
            }
            else
            {
                AssertFails(Errno.Invalid, () => P.Rename($"{a}/from/source", $"{a}/to/target", RenameMode.Exchange));
            }
            Clear($"{a}/from");
            Clear($"{a}/to");
        }
    });

    [Fact]
    public async Task Link_counts_of_directories_follow_what_is_moved()
    {
        var path = "";
        await OnOneAsync(a =>
        {
            path = a;
            P.MakeDirectory($"{a}/from");
            P.MakeDirectory($"{a}/to");
            Make($"{a}/from/one", "full");
            Make($"{a}/from/two", "file");
            Make($"{a}/to/one", "file");
            Make($"{a}/to/two", "empty");
        });
        await LinksBecomeAsync(3, 3);
        P.Rename($"{path}/from/one", $"{path}/to/three");
        await LinksBecomeAsync(2, 4);
        if (KnowsRenameModes)
        {
            P.Rename($"{path}/from/two", $"{path}/to/two", RenameMode.Exchange);
            await LinksBecomeAsync(3, 3);
        }
        P.Rename($"{path}/to/one", $"{path}/from/one");
        await LinksBecomeAsync(KnowsRenameModes ? 3u : 2u, KnowsRenameModes ? 3u : 4u);

        // mfsmount answers from what its last look-up has told it, for a second.
        Task LinksBecomeAsync(uint from, uint to) => Deadline.WaitAsync(
            $"the directories have {from} and {to} links", CacheLimit, () => (P.Stat($"{path}/from").Links, P.Stat($"{path}/to").Links) == (from, to), TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task Directory_is_not_moved_below_itself_or_over_what_it_is_in() => OnOneAsync(a =>
    {
        P.MakeDirectory($"{a}/one");
        P.MakeDirectory($"{a}/one/two");
        P.MakeDirectory($"{a}/one/two/three");
        string[] tops = ["one", "one/two", "one/two/three"];
        foreach (var top in tops)
        {
            AssertFails(Errno.Invalid, () => P.Rename($"{a}/{top}", $"{a}/one/two/three/x"));
            AssertFails(Errno.Invalid, () => P.Rename($"{a}/{top}", $"{a}/one/two/three/x", RenameMode.NoReplace));
        }
        AssertFails(Errno.NotEmpty, () => P.Rename($"{a}/one/two/three", $"{a}/one"));
        AssertFails(Errno.NotEmpty, () => P.Rename($"{a}/one/two/three", $"{a}/one/two"));
        AssertFails(Errno.Invalid, () => P.Rename($"{a}/one/two/three", $"{a}/one", RenameMode.Exchange));
        P.Rename($"{a}/one", $"{a}/one");
        Assert.Equal(["three"], P.ReadDirectory($"{a}/one/two"));
    });

    private static bool IsDirectory(string kind) => kind is "empty" or "full";

    private static void Make(string path, string kind)
    {
        switch (kind)
        {
            case "file":
                P.MakeNode(path, FileKind.File, 0x1A4);
                break;
            case "link":
                P.Symlink("target", path);
                break;
            case "fifo":
                P.MakeNode(path, FileKind.Fifo, 0x1A4);
                break;
            case "full":
                P.MakeDirectory(path);
                P.MakeDirectory($"{path}/child");
                break;
            default:
                P.MakeDirectory(path);
                break;
        }
    }

    private static void Clear(string folder)
    {
        foreach (var name in P.ReadDirectory(folder))
        {
            var path = $"{folder}/{name}";
            if (P.Stat(path).Kind != FileKind.Directory)
            {
                P.Unlink(path);
                continue;
            }
            Clear(path);
            P.RemoveDirectory(path);
        }
    }
}

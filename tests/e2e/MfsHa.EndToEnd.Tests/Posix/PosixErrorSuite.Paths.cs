using MfsHa.Testbed;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Posix;

// What is wrong with a path, or with what is there.
public abstract partial class PosixErrorSuite<TPlan>
{
    [Fact]
    public Task Every_call_says_what_is_wrong_on_the_way() => OnBothAsync((a, b) =>
    {
        P.MakeDirectory($"{a}/directory");
        Content.WriteFile($"{a}/directory/file", 60, 1);
        P.Symlink("two", $"{a}/directory/one");
        P.Symlink("one", $"{a}/directory/two");
        P.Symlink("nowhere", $"{a}/directory/dangling");
        P.MakeNode($"{a}/directory/fifo", FileKind.Fifo, 0x1B6);
        var calls = All($"{b}/directory/file").ToList();
        AssertEachFails(Errno.NotDirectory, $"{b}/directory/file/x", calls);
        AssertEachFails(Errno.NotDirectory, $"{b}/directory/fifo/x", calls);
        AssertEachFails(Errno.NoEntry, $"{b}/directory/missing/x", calls);
        AssertEachFails(Errno.NoEntry, $"{b}/directory/dangling/x", calls);
        AssertEachFails(Errno.TooManySymlinks, $"{b}/directory/one/x", calls);
        AssertEachFails(Errno.NameTooLong, $"{b}/directory/{new string('n', NameLimit + 1)}", calls);
        AssertEachFails(Errno.NameTooLong, $"{b}/directory/{new string('n', NameLimit + 1)}/x", calls);
        AssertEachFails(Errno.NameTooLong, $"{b}/{string.Concat(Enumerable.Repeat("directory/../", TooLongPath / 13 + 1))}x", calls);
        AssertEachFails(Errno.NoEntry, $"{b}/directory/missing", uses);
        Assert.Equal(["dangling", "fifo", "file", "one", "two"], P.ReadDirectory($"{a}/directory").Order(StringComparer.Ordinal));
    });

    [Fact]
    public Task Nothing_is_made_where_something_is() => OnBothAsync((a, b) =>
    {
        P.MakeDirectory($"{a}/directory");
        P.MakeDirectory($"{a}/other");
        Content.WriteFile($"{a}/other/existing", 61, 1);
        P.MakeDirectory($"{a}/directory/directory");
        Content.WriteFile($"{a}/directory/file", 62, 1);
        P.Symlink("file", $"{a}/directory/link");
        P.Symlink("nowhere", $"{a}/directory/dangling");
        P.MakeNode($"{a}/directory/fifo", FileKind.Fifo, 0x1B6);
        P.MakeNode($"{a}/directory/socket", FileKind.Socket, 0x1B6);
        P.MakeNode($"{a}/directory/device", FileKind.CharacterDevice, 0x1B6, (1, 3));
        var calls = makes.Where(static m => m.Name != "rename to").Select(m => (m.Name, new Action<string>(p => m.Call(p, $"{b}/other/existing")))).ToList();
        foreach (var name in P.ReadDirectory($"{a}/directory"))
        {
            var before = P.Stat($"{a}/directory/{name}");
            AssertEachFails(Errno.Exists, $"{b}/directory/{name}", calls);
            Assert.Equal(before, P.Stat($"{a}/directory/{name}"));
        }
        Assert.Equal(1u, P.Stat($"{a}/other/existing").Links);
    });

    [Fact]
    public Task What_is_there_must_be_of_the_right_kind() => OnBothAsync((a, b) =>
    {
        P.MakeDirectory($"{a}/directory");
        Content.WriteFile($"{a}/file", 63, 1);
        P.Symlink("directory", $"{a}/link");
        P.MakeNode($"{a}/fifo", FileKind.Fifo, 0x1B6);
        P.MakeNode($"{a}/socket", FileKind.Socket, 0x1B6);
        AssertFails(Errno.IsDirectory, () => new PosixFile($"{b}/directory", OpenFlags.Write).Close());
        AssertFails(Errno.IsDirectory, () => new PosixFile($"{b}/directory", OpenFlags.ReadWrite).Close());
        AssertFails(Errno.IsDirectory, () => P.Truncate($"{b}/directory", 0));
        AssertFails(Errno.IsDirectory, () => P.Unlink($"{b}/directory"));
        AssertFails(Errno.NotPermitted, () => P.Link($"{b}/directory", $"{b}/another"));
        AssertFails(Errno.NotDirectory, () => P.RemoveDirectory($"{b}/file"));
        AssertFails(Errno.NotDirectory, () => P.RemoveDirectory($"{b}/link"));
        AssertFails(Errno.NotDirectory, () => P.RemoveDirectory($"{b}/fifo"));
        AssertFails(Errno.NotDirectory, () => P.ReadDirectory($"{b}/file"));
        AssertFails(Errno.Invalid, () => P.ReadLink($"{b}/file"));
        AssertFails(Errno.Invalid, () => P.ReadLink($"{b}/directory"));
        AssertFails(Errno.NoSuchDevice, () => new PosixFile($"{b}/fifo", OpenFlags.Write | OpenFlags.NonBlocking).Close());
        AssertFails(Errno.NoSuchDevice, () => new PosixFile($"{b}/socket", OpenFlags.Read).Close());
        AssertFails(Errno.Invalid, () => P.Truncate($"{b}/file", -1));
        AssertFails(Errno.Invalid, () => P.Truncate($"{b}/fifo", 0));
        AssertFails(Errno.TooBig, () => P.Truncate($"{b}/file", long.MaxValue));
        using (var reader = new PosixFile($"{b}/file", OpenFlags.Read))
        {
            AssertFails(Errno.Invalid, () => reader.Truncate(0));
            AssertFails(Errno.BadDescriptor, () => reader.Write([1], 0));
        }
        Content.AssertFile($"{b}/file", 63, 1);
    });

    [Fact]
    public Task Dots_are_no_names() => OnOneAsync(a =>
    {
        P.MakeDirectory($"{a}/one");
        P.MakeDirectory($"{a}/one/two");
        AssertFails(Errno.Invalid, () => P.RemoveDirectory($"{a}/one/."));
        AssertFails(Errno.NotEmpty, () => P.RemoveDirectory($"{a}/one/two/.."));
        AssertFails(Errno.IsDirectory, () => P.Unlink($"{a}/one/."));
        AssertFails(Errno.Exists, () => P.MakeDirectory($"{a}/one/."));
        AssertFails(Errno.Busy, () => P.Rename($"{a}/one/.", $"{a}/three"));
        AssertFails(Errno.Busy, () => P.Rename($"{a}/one/two", $"{a}/one/two/.."));
        AssertFails(Errno.NoEntry, () => P.MakeDirectory(""));
        Assert.Equal(["one"], P.ReadDirectory(a));
        Assert.Equal(3u, P.Stat($"{a}/one").Links);
    });

    [Fact]
    public async Task Running_program_cannot_be_written_to()
    {
        var program = "";
        await OnOneAsync(a =>
        {
            program = $"{a}/program";
            File.Copy("/bin/sleep", program);
            P.ChangeMode(program, 0x1ED);
        });
        using var running = System.Diagnostics.Process.Start(program, "60");
        try
        {
            // The child is there before it executes the program.
            var image = $"/proc/{running.Id}/exe";
            await Deadline.WaitAsync("the program runs", TimeSpan.FromSeconds(20), () => File.ResolveLinkTarget(image, false)?.FullName == program, TestContext.Current.CancellationToken);
            AssertFails(Errno.TextBusy, () => new PosixFile(program, OpenFlags.Write).Close());
            AssertFails(Errno.TextBusy, () => P.Truncate(program, 0));
        }
        finally
        {
            running.Kill();
            await running.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        P.Truncate(program, 0);
    }

    /// <summary>Name spaces that Linux does not know (EOPNOTSUPP elsewhere) are taken by MooseFS.</summary>
    [Fact]
    public Task Extended_attributes_are_refused_with_the_reason() => OnBothAsync((a, b) =>
    {
        P.MakeDirectory($"{a}/directory");
        Content.WriteFile($"{a}/directory/file", 64, 1);
        P.Symlink("file", $"{a}/directory/link");
        P.MakeNode($"{a}/directory/fifo", FileKind.Fifo, 0x1B6);
        string[] names = ["directory", "directory/file"];
        foreach (var name in names)
        {
            AssertFails(Errno.NoData, () => P.GetAttribute($"{b}/{name}", "user.none"));
            AssertFails(Errno.NoData, () => P.RemoveAttribute($"{b}/{name}", "user.none"));
            AssertFails(Errno.Range, () => P.SetAttribute($"{b}/{name}", $"user.{new string('n', NameLimit)}", "value"u8));
            AssertFails(Errno.ListTooLong, () => P.SetAttribute($"{b}/{name}", "user.large", new byte[65_537]));
            P.SetAttribute($"{a}/{name}", "user.a", "value"u8);
            AssertFails(Errno.Exists, () => P.SetAttribute($"{b}/{name}", "user.a", "x"u8, flags: 1));
        }
        AssertFails(Errno.NotPermitted, () => P.SetAttribute($"{b}/directory/link", "user.a", "value"u8));
        AssertFails(Errno.NotPermitted, () => P.SetAttribute($"{b}/directory/fifo", "user.a", "value"u8));
    });
}

using MfsHa.EndToEnd.Tests.Fixtures;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Posix;

/// <summary>
/// <see cref="PosixSuite{TPlan}"/>, and what system calls refuse and with which error: the cases that POSIX test suites go through, call by call. Real mfsmasters run it, too, so what is
/// expected is what MooseFS does; where that is not what POSIX says, it is said. Where there are several shards, the directories of a test's folder are in different ones.
/// </summary>
public abstract partial class PosixErrorSuite<TPlan>(DeploymentFixture<TPlan> fixture) : PosixSuite<TPlan>(fixture)
    where TPlan : IPlan
{
    /// <summary>The longest name, bytes.</summary>
    private const int NameLimit = 255;

    /// <summary>Longer than any path may be (PATH_MAX, 4,096 with the end).</summary>
    private const int TooLongPath = 4_100;

    /// <summary>Calls that want something to be at a path.</summary>
    private static readonly (string Name, Action<string> Call)[] uses =
    [
        ("stat", static p => P.Stat(p)),
        ("chmod", static p => P.ChangeMode(p, 0x1A4)),
        ("lchown", static p => P.ChangeOwner(p, 0, 0)),
        ("utimensat", static p => P.SetTimes(p, 1000, 2000)),
        ("truncate", static p => P.Truncate(p, 1)),
        ("open for reading", static p => new PosixFile(p, OpenFlags.Read).Close()),
        ("open for writing", static p => new PosixFile(p, OpenFlags.Write).Close()),
        ("opendir", static p => P.ReadDirectory(p)),
        ("readlink", static p => P.ReadLink(p)),
        ("access", static p => P.Access(p, 4)),
        ("unlink", static p => P.Unlink(p)),
        ("rmdir", static p => P.RemoveDirectory(p)),
        ("getxattr", static p => P.GetAttribute(p, "user.a")),
        ("setxattr", static p => P.SetAttribute(p, "user.a", "value"u8)),
        ("listxattr", static p => P.ListAttributes(p)),
        ("removexattr", static p => P.RemoveAttribute(p, "user.a")),
        ("link from", static p => P.Link(p, $"{Path.GetDirectoryName(p)}-link")),
        ("rename from", static p => P.Rename(p, $"{Path.GetDirectoryName(p)}-renamed")),
    ];

    /// <summary>Calls that make something at a path; the second path is an existing file.</summary>
    private static readonly (string Name, Action<string, string> Call)[] makes =
    [
        ("mkdir", static (p, _) => P.MakeDirectory(p)),
        ("mknod", static (p, _) => P.MakeNode(p, FileKind.File, 0x1A4)),
        ("mkfifo", static (p, _) => P.MakeNode(p, FileKind.Fifo, 0x1A4)),
        ("symlink", static (p, _) => P.Symlink("target", p)),
        ("link", static (p, existing) => P.Link(existing, p)),
        ("rename to", static (p, existing) => P.Rename(existing, p)),
        ("open and create", static (p, _) => new PosixFile(p, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive).Close()),
    ];

    /// <summary>All of them with one path.</summary>
    private static IEnumerable<(string Name, Action<string> Call)> All(string existing) =>
        uses.Concat(makes.Select(m => (m.Name, new Action<string>(p => m.Call(p, existing)))));

    /// <summary>What a call fails with, if it does.</summary>
    private static Errno ErrorOf(Action call) => Record.Exception(call) is { } e ? Assert.IsType<PosixException>(e).Error : Errno.None;

    private static void AssertEachFails(Errno expected, string path, IEnumerable<(string Name, Action<string> Call)> calls)
    {
        foreach (var (name, call) in calls)
        {
            var error = ErrorOf(() => call(path));
            Assert.True(error == expected, $"{name} {path}: {error} instead of {expected}");
        }
    }
}

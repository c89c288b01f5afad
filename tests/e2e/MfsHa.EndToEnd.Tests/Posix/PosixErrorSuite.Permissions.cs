using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Posix;

// Who may not.
public abstract partial class PosixErrorSuite<TPlan>
{
    [Fact]
    public Task Nothing_is_reached_through_a_directory_without_search_permission() => AsAliceAndBobAsync((alice, bob, a, b) =>
    {
        As(alice, () =>
        {
            P.MakeDirectory($"{a}/closed", 0x1FF);
            Content.WriteFile($"{a}/closed/file", 65, 1);
            P.MakeDirectory($"{a}/closed/below", 0x1FF);
        });
        P.ChangeMode($"{a}/closed", 0x1F6);
        As(bob, () => Content.WriteFile($"{b}/mine", 66, 1));
        As(bob, () =>
        {
            AssertEachFails(Errno.Access, $"{b}/closed/file", All($"{b}/mine"));
            AssertEachFails(Errno.Access, $"{b}/closed/below/x", All($"{b}/mine"));
        });
        Assert.Equal(["below", "file"], P.ReadDirectory($"{a}/closed").Order(StringComparer.Ordinal));
    });

    [Fact]
    public Task Nothing_changes_in_a_directory_without_write_permission() => AsAliceAndBobAsync((alice, bob, a, b) =>
    {
        As(alice, () =>
        {
            P.MakeDirectory($"{a}/fixed", 0x1FF);
            P.MakeDirectory($"{a}/fixed/below", 0x1FF);
        });
        P.MakeDirectory($"{a}/other", 0x1FF);
        As(bob, () =>
        {
            Content.WriteFile($"{b}/fixed/file", 67, 1);
            P.MakeDirectory($"{b}/fixed/mine");
            Content.WriteFile($"{b}/other/file", 68, 1);
            P.MakeDirectory($"{b}/other/mine");
        });
        P.ChangeMode($"{a}/fixed", 0x1ED);
        As(bob, () =>
        {
            AssertEachFails(Errno.Access, $"{b}/fixed/new", makes.Select(m => (m.Name, new Action<string>(p => m.Call(p, $"{b}/other/file")))));
            AssertFails(Errno.Access, () => P.Unlink($"{b}/fixed/file"));
            AssertFails(Errno.Access, () => P.RemoveDirectory($"{b}/fixed/mine"));
            AssertFails(Errno.Access, () => P.Rename($"{b}/fixed/file", $"{b}/other/moved"));
            AssertFails(Errno.Access, () => P.Rename($"{b}/fixed/file", $"{b}/fixed/moved"));
            AssertFails(Errno.Access, () => P.Rename($"{b}/other/file", $"{b}/fixed/file"));
            AssertFails(Errno.Access, () => P.Rename($"{b}/other/mine", $"{b}/fixed/mine"));
            P.ChangeMode($"{b}/fixed/file", 0x180);
        });
        Assert.Equal(["below", "file", "mine"], P.ReadDirectory($"{a}/fixed").Order(StringComparer.Ordinal));
        Assert.Equal(["file", "mine"], P.ReadDirectory($"{a}/other").Order(StringComparer.Ordinal));
    });

    [Fact]
    public Task Sticky_directories_protect_what_is_moved_out_and_replaced() => AsAliceAndBobAsync((alice, bob, a, b) =>
    {
        P.MakeDirectory($"{a}/sticky", 0x1FF);
        P.ChangeMode($"{a}/sticky", 0x3FF);
        P.MakeDirectory($"{a}/open", 0x1FF);
        P.ChangeMode($"{a}/open", 0x1FF);
        As(alice, () =>
        {
            Content.WriteFile($"{a}/sticky/file", 69, 1);
            P.MakeDirectory($"{a}/sticky/directory", 0x1FF);
        });
        As(bob, () =>
        {
            Content.WriteFile($"{b}/open/file", 70, 1);
            P.MakeDirectory($"{b}/open/directory");
            AssertFails(Errno.NotPermitted, () => P.Unlink($"{b}/sticky/file"));
            AssertFails(Errno.NotPermitted, () => P.RemoveDirectory($"{b}/sticky/directory"));
            AssertFails(Errno.NotPermitted, () => P.Rename($"{b}/sticky/file", $"{b}/open/moved"));
            AssertFails(Errno.NotPermitted, () => P.Rename($"{b}/sticky/directory", $"{b}/open/moved"));
            AssertFails(Errno.NotPermitted, () => P.Rename($"{b}/open/file", $"{b}/sticky/file"));
            AssertFails(Errno.NotPermitted, () => P.Rename($"{b}/open/directory", $"{b}/sticky/directory"));
            P.Rename($"{b}/open/file", $"{b}/sticky/mine");
            P.Unlink($"{b}/sticky/mine");
        });
        P.ChangeOwner($"{a}/sticky", Bob, null);
        As(bob, () =>
        {
            P.Rename($"{b}/sticky/file", $"{b}/open/file");
            P.RemoveDirectory($"{b}/sticky/directory");
        });
        Assert.Empty(P.ReadDirectory($"{a}/sticky"));
    });

    [Fact]
    public Task Only_owners_change_modes_owners_and_times() => AsAliceAndBobAsync((alice, bob, a, b) =>
    {
        P.MakeDirectory($"{a}/directory", 0x1FF);
        P.ChangeMode($"{a}/directory", 0x1FF);
        As(alice, () => Content.WriteFile($"{a}/directory/file", 71, 1));
        P.ChangeMode($"{a}/directory/file", 0x1A4);
        As(bob, () =>
        {
            AssertFails(Errno.NotPermitted, () => P.ChangeMode($"{b}/directory/file", 0x1FF));
            AssertFails(Errno.NotPermitted, () => P.ChangeOwner($"{b}/directory/file", Bob, null));
            AssertFails(Errno.NotPermitted, () => P.ChangeOwner($"{b}/directory/file", null, Bob));
            AssertFails(Errno.NotPermitted, () => P.SetTimes($"{b}/directory/file", 1000, 2000));
            AssertFails(Errno.Access, () => P.SetTimes($"{b}/directory/file", null, null));
            AssertFails(Errno.Access, () => P.Truncate($"{b}/directory/file", 0));
            AssertFails(Errno.Access, () => P.SetAttribute($"{b}/directory/file", "user.a", "x"u8));
            AssertFails(Errno.NotPermitted, () => P.SetAttribute($"{b}/directory/file", "trusted.a", "x"u8));
            AssertFails(Errno.NotPermitted, () => P.MakeNode($"{b}/directory/device", FileKind.CharacterDevice, 0x1B6, (1, 3)));
            P.MakeNode($"{b}/directory/fifo", FileKind.Fifo, 0x1B6);
        });
        P.ChangeMode($"{a}/directory/file", 0x1B6);
        As(bob, () =>
        {
            P.SetTimes($"{b}/directory/file", null, null);
            AssertFails(Errno.NotPermitted, () => P.SetTimes($"{b}/directory/file", 1000, 2000));
        });
        As(alice, () =>
        {
            AssertFails(Errno.NotPermitted, () => P.ChangeOwner($"{a}/directory/file", Bob, null));
            AssertFails(Errno.NotPermitted, () => P.ChangeOwner($"{a}/directory/file", null, Bob));
            P.ChangeOwner($"{a}/directory/file", null, Staff);
            P.SetTimes($"{a}/directory/file", 1000, 2000);
        });
        var status = P.Stat($"{b}/directory/file");
        Assert.Equal((Alice, Staff, 2000L), (status.User, status.Group, status.ModificationTime));
    });

    [Fact]
    public Task Set_id_bits_go_when_they_would_give_rights_away() => AsAliceAndBobAsync((alice, _, a, b) =>
    {
        P.MakeDirectory($"{a}/directory", 0x1FF);
        P.ChangeMode($"{a}/directory", 0x1FF);
        As(alice, () => Content.WriteFile($"{a}/directory/file", 72, 1));
        As(alice, () => P.ChangeMode($"{a}/directory/file", 0xDED));
        Assert.Equal(0xDEDu, P.Stat($"{b}/directory/file").Mode);
        As(alice, () => P.ChangeOwner($"{a}/directory/file", null, Staff));
        Assert.Equal(0x1EDu, P.Stat($"{b}/directory/file").Mode);

        // Alice is not in the group that the file has now.
        P.ChangeOwner($"{a}/directory/file", null, Bob);
        As(alice, () => P.ChangeMode($"{a}/directory/file", 0x5ED));
        Assert.Equal(0x1EDu, P.Stat($"{b}/directory/file").Mode);
    });

    private Task AsAliceAndBobAsync(Action<Identity, Identity, string, string> body, [System.Runtime.CompilerServices.CallerMemberName] string test = "") => OnBothAsync((a, b) =>
    {
        using var alice = new Identity(Alice, Alice, Staff);
        using var bob = new Identity(Bob, Bob);
        P.ChangeMode(a, 0x1FF);
        body(alice, bob, a, b);
    }, test);
}

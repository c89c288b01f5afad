using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Posix;

// Modes, owners, times, extended attributes, access control lists.
public abstract partial class PosixSuite<TPlan>
{
    private protected const uint Alice = 20_001;
    private protected const uint Bob = 20_002;
    private protected const uint Staff = 21_000;

    [Fact]
    public Task Times_that_were_set_are_kept_to_the_second() => OnBothAsync((a, b) =>
    {
        Content.WriteFile($"{a}/file", 40, 1);
        P.MakeDirectory($"{a}/directory");
        P.Symlink("x", $"{a}/link");
        string[] names = ["file", "directory", "link"];
        foreach (var name in names)
        {
            P.SetTimes($"{a}/{name}", 1_000_000_000, 1_234_567_890);
            var status = P.Stat($"{b}/{name}");
            Assert.Equal((1_000_000_000, 1_234_567_890), (status.AccessTime, status.ModificationTime));
            AssertNow(status.ChangeTime);
        }
    });

    [Fact]
    public Task Changes_move_the_times_that_posix_names() => OnOneAsync(a =>
    {
        Content.WriteFile($"{a}/file", 41, 1);
        P.MakeDirectory($"{a}/directory");
        Age("file");
        Age("directory");
        using (var file = new PosixFile($"{a}/file", OpenFlags.Write))
        {
            file.Write([1], 0);
        }
        AssertNow(P.Stat($"{a}/file").ModificationTime);
        Age("file");
        P.ChangeMode($"{a}/file", 0x180);
        AssertOld("file");
        P.Rename($"{a}/file", $"{a}/directory/moved");
        AssertNow(P.Stat($"{a}/directory").ModificationTime);
        AssertOld("directory/moved");
        Age("directory");
        P.ChangeMode($"{a}/directory/moved", 0x181);
        AssertOld("directory");
        P.Unlink($"{a}/directory/moved");
        AssertNow(P.Stat($"{a}/directory").ModificationTime);

        void Age(string name) => P.SetTimes($"{a}/{name}", 1000, 2000);
        void AssertOld(string name) => Assert.Equal(2000, P.Stat($"{a}/{name}").ModificationTime);
    });

    [Fact]
    public Task Owner_change_clears_the_set_id_bits_of_a_file() => OnBothAsync((a, b) =>
    {
        Content.WriteFile($"{a}/program", 42, 1);
        P.ChangeMode($"{a}/program", 0xDED);
        Assert.Equal(0xDEDu, P.Stat($"{b}/program").Mode);
        P.ChangeOwner($"{a}/program", Alice, Staff);
        var status = P.Stat($"{b}/program");
        Assert.Equal((Alice, Staff, 0x1EDu), (status.User, status.Group, status.Mode));
    });

    [Fact]
    public async Task Permissions_hold_for_users_and_groups()
    {
        using var alice = new Identity(Alice, Alice, Staff);
        using var bob = new Identity(Bob, Bob);
        await OnBothAsync((a, b) =>
        {
            P.ChangeMode(a, 0x1FF);
            As(alice, () => Content.WriteFile($"{a}/file", 43, 10));
            Assert.Equal((Alice, Alice), (P.Stat($"{a}/file").User, P.Stat($"{a}/file").Group));
            As(alice, () => P.ChangeMode($"{a}/file", 0x180));
            AssertFails(Errno.Access, () => As(bob, () => Content.AssertFile($"{b}/file", 43, 10)));
            AssertFails(Errno.NotPermitted, () => As(bob, () => P.ChangeMode($"{b}/file", 0x1FF)));
            AssertFails(Errno.NotPermitted, () => As(alice, () => P.ChangeOwner($"{a}/file", Bob, null)));
            As(alice, () => P.ChangeOwner($"{a}/file", null, Staff));
            P.ChangeOwner($"{a}/file", Bob, Staff);
            P.ChangeMode($"{a}/file", 0x1A0);
            As(alice, () => Content.AssertFile($"{a}/file", 43, 10));
            AssertFails(Errno.Access, () => As(alice, () => new PosixFile($"{a}/file", OpenFlags.Write).Close()));
        });
    }

    [Fact]
    public async Task Sticky_directory_protects_the_files_of_others()
    {
        using var alice = new Identity(Alice, Alice);
        using var bob = new Identity(Bob, Bob);
        await OnBothAsync((a, b) =>
        {
            P.ChangeMode(a, 0x3FF);
            As(alice, () => Content.WriteFile($"{a}/file", 44, 10));
            AssertFails(Errno.NotPermitted, () => As(bob, () => P.Unlink($"{b}/file")));
            AssertFails(Errno.NotPermitted, () => As(bob, () => P.Rename($"{b}/file", $"{b}/mine")));
            As(alice, () => P.Unlink($"{a}/file"));
        });
    }

    [Fact]
    public Task Set_group_directory_hands_its_group_down() => OnOneAsync(a =>
    {
        P.MakeDirectory($"{a}/shared");
        P.ChangeOwner($"{a}/shared", null, Staff);
        P.ChangeMode($"{a}/shared", 0x5FD);
        P.MakeDirectory($"{a}/shared/below", 0x1FF);
        Content.WriteFile($"{a}/shared/file", 45, 1);
        Assert.Equal((Staff, 0x5FFu), (P.Stat($"{a}/shared/below").Group, P.Stat($"{a}/shared/below").Mode));
        Assert.Equal(Staff, P.Stat($"{a}/shared/file").Group);
    });

    [Fact]
    public Task Extended_attributes_are_kept_listed_and_removed() => OnBothAsync((a, b) =>
    {
        Content.WriteFile($"{a}/file", 46, 1);
        P.SetAttribute($"{a}/file", "user.small", "value"u8);
        P.SetAttribute($"{a}/file", "user.empty", []);
        P.SetAttribute($"{a}/file", "user.large", Content.Bytes(47, 60_000));
        P.SetAttribute($"{a}/file", "trusted.secret", "t"u8);
        Assert.Equal("value"u8, P.GetAttribute($"{b}/file", "user.small"));
        Assert.Empty(P.GetAttribute($"{b}/file", "user.empty"));
        Assert.Equal(Content.Bytes(47, 60_000), P.GetAttribute($"{b}/file", "user.large"));
        Assert.Equal(["trusted.secret", "user.empty", "user.large", "user.small"], P.ListAttributes($"{b}/file").Order(StringComparer.Ordinal));
        AssertFails(Errno.Exists, () => P.SetAttribute($"{a}/file", "user.small", "x"u8, flags: 1));
        AssertFails(Errno.NoData, () => P.SetAttribute($"{a}/file", "user.new", "x"u8, flags: 2));
        P.SetAttribute($"{a}/file", "user.small", "other"u8, flags: 2);
        Assert.Equal("other"u8, P.GetAttribute($"{a}/file", "user.small"));
        P.RemoveAttribute($"{a}/file", "user.large");
        AssertFails(Errno.NoData, () => P.GetAttribute($"{a}/file", "user.large"));
        AssertFails(Errno.NoData, () => P.RemoveAttribute($"{a}/file", "user.large"));
    });

    [Fact]
    public async Task Access_control_lists_are_kept_enforced_and_inherited()
    {
        using var alice = new Identity(Alice, Alice);
        using var bob = new Identity(Bob, Bob);
        var (a, b) = ("", "");
        await OnBothAsync((pathA, pathB) =>
        {
            (a, b) = (pathA, pathB);
            P.MakeDirectory($"{a}/directory", 0x1FF);
            Content.WriteFile($"{a}/file", 48, 10);
            P.ChangeMode($"{a}/file", 0x180);
        });
        await Command.RunAsync(["setfacl", "-m", $"u:{Alice}:r,g:{Staff}:rw,m::rw", $"{a}/file"], TestContext.Current.CancellationToken);
        await Command.RunAsync(["setfacl", "-d", "-m", $"u::rwx,u:{Alice}:rwx,g::-,o::-", $"{a}/directory"], TestContext.Current.CancellationToken);
        Assert.Equal(
            $"user::rw- user:{Alice}:r-- group::--- group:{Staff}:rw- mask::rw- other::---",
            await ReadAclAsync($"{b}/file"));
        As(alice, () => Content.AssertFile($"{a}/file", 48, 10));
        AssertFails(Errno.Access, () => As(alice, () => new PosixFile($"{a}/file", OpenFlags.Write).Close()));
        AssertFails(Errno.Access, () => As(bob, () => new PosixFile($"{a}/file", OpenFlags.Read).Close()));
        As(bob, () => P.MakeDirectory($"{a}/directory/below", 0x1FF));
        Assert.Equal(
            $"user::rwx user:{Alice}:rwx group::--- mask::rwx other::--- default:user::rwx default:user:{Alice}:rwx default:group::--- default:mask::rwx default:other::---",
            await ReadAclAsync($"{a}/directory/below"));
        P.ChangeMode($"{a}/file", 0x1A4);
        Assert.Contains("mask::r--", await ReadAclAsync($"{a}/file"), StringComparison.Ordinal);
        await Command.RunAsync(["setfacl", "-b", $"{a}/file"], TestContext.Current.CancellationToken);
        AssertFails(Errno.Access, () => As(alice, () => new PosixFile($"{a}/file", OpenFlags.Write).Close()));
    }

    [Fact]
    public Task File_system_status_counts_what_is_there() => OnOneAsync(a =>
    {
        // What tests before this one have removed goes in the background: then there are fewer in the end, but not again and again.
        const int attempts = 10;
        var before = P.StatFileSystem(a);
        var after = before;
        for (var attempt = 0; attempt < attempts && (attempt == 0 || after.Files < before.Files); attempt++)
        {
            before = P.StatFileSystem(a);
            for (var i = 0; i < 10; i++)
            {
                P.MakeDirectory($"{a}/directory{attempt}-{i}");
            }
            after = P.StatFileSystem(a);
        }
        Assert.InRange(after.Files, before.Files, ulong.MaxValue);
        Assert.NotEqual(0u, before.Available);
        Assert.InRange(before.Available, 1UL, before.Total);
    });

    private protected static void As(Identity identity, Action body) => identity.RunAsync(() =>
    {
        body();
        return true;
    }).GetAwaiter().GetResult();

    private static void AssertNow(long time)
        => Assert.InRange(time, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 60);

    private static async Task<string> ReadAclAsync(string path)
    {
        var text = await Command.RunAsync(["getfacl", "-n", "-c", "-p", "-E", path], TestContext.Current.CancellationToken);
        return string.Join(' ', text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}

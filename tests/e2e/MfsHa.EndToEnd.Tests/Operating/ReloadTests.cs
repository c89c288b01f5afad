using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.EndToEnd.Tests.Transcripts;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Operating;

/// <summary>Changed files take effect on running nodes whose clients stay mounted; a wrong file changes nothing.</summary>
public sealed class ReloadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Changed_exports_reach_mounted_clients_as_with_mfsmaster_4() => ChangeExportsAsync(ServiceKind.MfsMaster4, MooseFsRelease.V4);

    [Fact(Explicit = true)]
    public Task Changed_exports_reach_mounted_clients_as_with_mfsmaster_3() => ChangeExportsAsync(ServiceKind.MfsMaster3, MooseFsRelease.V3);

    [Fact]
    public async Task Changed_keys_take_effect_and_a_wrong_line_changes_nothing()
    {
        var plan = new DeploymentPlan(ServiceKind.MfsHa, MooseFsRelease.V4, MooseFsRelease.V4) { ChunkServers = 1, Caching = CachePolicy.None };
        await using var deployment = await Deployment.StartAsync(plan, Cancellation);
        var servers = new Operator(deployment);
        var (a, b) = (deployment.Mounts[0].Path, deployment.Mounts[1].Path);
        Content.WriteFile($"{a}/file", 1, 1000);
        for (var i = 1; i < 8; i++)
        {
            P.Link($"{a}/file", $"{a}/link{i}");
        }
        P.Link($"{a}/file", $"{a}/ninth");
        P.Unlink($"{a}/ninth");
        await ReloadAsync(servers, "MAX_ALLOWED_HARD_LINKS = 8");
        await UntilAsync("the limit of links is in force", () => FailsToLink(b, "more"));
        await ReloadAsync(servers, "MAX_ALLOWED_HARD_LINKS = 100\nKEEP_EMPTY_FILES_IN_TRASH = 1\nATIME_MODE = 4");
        await UntilAsync("the limit of links is gone", () => !FailsToLink(b, "even more"));

        // One wrong line among good ones: told to who calls, and in the log of a node that gets the signal all the same.
        await servers.ConfigureAsync("MAX_ALLOWED_HARD_LINKS = 9\nSESSION_SUSTAIN_TIME = a while", Cancellation);
        foreach (var refused in await servers.RunAllAsync("reload", Cancellation))
        {
            Assert.Equal(1, refused.ExitCode);
            Assert.Matches(@"mfsha\.cfg:\d+: SESSION_SUSTAIN_TIME: .*a while", refused.Error);
        }
        foreach (var node in deployment.Cluster.Nodes)
        {
            node.Process.Send(Signal.Hangup);
        }
        await UntilAsync("all logs say that nothing was changed", () => deployment.Cluster.Nodes.All(
            static node => File.ReadAllText(node.Log).Contains("reload refused, nothing was changed", StringComparison.Ordinal)));
        Assert.False(FailsToLink(a, "tenth"));
        Assert.False(FailsToLink(a, "eleventh"));
        Assert.All(await servers.RunAllAsync("info", Cancellation), static info =>
        {
            Assert.Equal(0, info.ExitCode);
            Assert.Contains("MAX_ALLOWED_HARD_LINKS = 100", info.Output, StringComparison.Ordinal);
        });

        // The last value of a key counts; a restart is what the file needs now to be refused.
        await servers.ConfigureAsync("SESSION_SUSTAIN_TIME = 2h", Cancellation);
        await ReloadAsync(servers, "HA_SHARD_COUNT = 4");
        await UntilAsync("the logs name what cannot change", () => deployment.Cluster.Nodes.All(
            static node => File.ReadAllText(node.Log).Contains("HA_SHARD_COUNT stays 1", StringComparison.Ordinal)));
        await UntilAsync("the good line is in force", () => FailsToLink(b, "too many"));
        Content.AssertFile($"{b}/file", 1, 1000);
        Assert.All(deployment.Mounts, static mount => Assert.False(mount.Process.HasExited));
    }

    // Whose a new directory is; while the client registers anew its root may be neither.
    private static (uint User, uint Group)? MakesAs(string path)
    {
        try
        {
            P.MakeDirectory(path);
            return (P.Stat(path).User, P.Stat(path).Group);
        }
        catch (PosixException e) when (e.Error is Errno.ReadOnly)
        {
            return null;
        }
    }

    private static bool FailsToLink(string root, string name)
    {
        try
        {
            P.Link($"{root}/file", $"{root}/{name}");
            return false;
        }
        catch (PosixException e) when (e.Error is Errno.TooManyLinks)
        {
            return true;
        }
        catch (PosixException e) when (e.Error is Errno.Exists)
        {
            // Made by an earlier look.
            P.Unlink($"{root}/{name}");
            return false;
        }
    }

    private static async Task ReloadAsync(Operator servers, string lines)
    {
        await servers.ConfigureAsync(lines, Cancellation);
        Assert.All(await servers.RunAllAsync("reload", Cancellation), static result => Assert.Equal(0, result.ExitCode));
    }

    private static Task UntilAsync(string what, Func<bool> condition) => Deadline.WaitAsync(what, Limit, condition, Cancellation);

    private static Task ChangeExportsAsync(ServiceKind master, MooseFsRelease release) => TranscriptPair.AssertSameAsync(
        new DeploymentPlan(master, release, release) { ChunkServers = 1, Caching = CachePolicy.None },
        static async (deployment, transcript, cancellation) =>
        {
            var servers = new Operator(deployment);
            var (a, b) = (deployment.Mounts[0].Path, deployment.Mounts[1].Path);
            transcript.Note("write", () => Content.WriteFile($"{a}/file", 1, 3000));
            using var held = new PosixFile($"{b}/file", OpenFlags.Read);
            P.MakeDirectory($"{a}/below");

            await servers.ExportAsync("* / ro,alldirs,maproot=0:0\n", cancellation);
            await SettleAsync("read-only", () => P.MakeDirectory($"{a}/ro"), Errno.ReadOnly);
            await SettleAsync("read-only at the other", () => P.MakeDirectory($"{b}/ro2"), Errno.ReadOnly);
            transcript.Note("read through the handle", () => Content.AssertRange(held, 1, 0, 3000));
            transcript.Note("unlink", () => P.Unlink($"{a}/file"));

            await servers.ExportAsync("* / rw,alldirs,admin,maproot=1000:1001\n", cancellation);
            var tries = 0;
            await Deadline.WaitAsync("root is somebody else", Limit, () => MakesAs($"{a}/mapped{++tries}") is (1000, 1001), cancellation);
            transcript.Note("chown", () => P.ChangeOwner($"{a}/below", 5, 5));

            // A line that makes no sense is left out, the others count.
            await servers.ExportAsync("* / rw,alldirs,admin,maproot=0:0\n* /nonsense rw,fly=high\n", cancellation);
            await SettleAsync("root is root again", () => P.ChangeOwner($"{a}/below", 5, 5));
            await SettleAsync("and at the other", () => P.ChangeOwner($"{b}/below", 6, 6));

            // Nobody of these may mount any more; who is mounted waits until that has changed.
            await servers.ExportAsync("192.0.2.0/24 / rw\n", cancellation);
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => deployment.AddMountAsync(cancellation: cancellation));
            transcript.Note("a new mount", () => refused.Message.Split('\n').Last(static line => line.Length > 0));
            await servers.ExportAsync("* / rw,alldirs,admin,maproot=0:0\n", cancellation);
            await SettleAsync("permitted again", () => P.ChangeOwner($"{a}/below", 7, 7));
            await SettleAsync("and at the other", () => P.ChangeOwner($"{b}/below", 8, 8));
            transcript.Note("read through the handle", () => Content.AssertRange(held, 1, 0, 3000));

            async Task SettleAsync(string what, Action act, params Errno[] wanted)
            {
                var last = Errno.None;
                await Deadline.WaitAsync($"{what}: last answer {last}", Limit, () =>
                {
                    try
                    {
                        act();
                        last = Errno.None;
                    }
                    catch (PosixException e)
                    {
                        last = e.Error;
                    }
                    return wanted.Length == 0 ? last is Errno.None : wanted.Contains(last);
                }, cancellation);
                transcript.Note(what, () => $"{last}");
            }
        },
        Cancellation);
}

using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MooseFs;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>A script of thousands of steps gives the same answers and the same tree on two services.</summary>
public sealed class DifferentialTests
{
    private const int Steps = 600;

    /// <summary>The comparison is worth something only if it finds nothing between two that are the same.</summary>
    [Fact]
    public Task Two_mfsmasters_of_the_same_release_agree() => AssertAgreeAsync([1], ServiceKind.MfsMaster3, ServiceKind.MfsMaster3, MooseFsRelease.V3);

    [Fact]
    public Task MfsHa_agrees_with_mfsmaster_3() => AssertAgreeAsync([101, 102], ServiceKind.MfsMaster3, ServiceKind.MfsHa, MooseFsRelease.V3);

    [Fact]
    public Task MfsHa_agrees_with_mfsmaster_4() => AssertAgreeAsync([201, 202], ServiceKind.MfsMaster4, ServiceKind.MfsHa, MooseFsRelease.V4);

    [Fact]
    public Task MfsHa_with_several_shards_agrees_with_mfsmaster_4() => AssertAgreeAsync([301], ServiceKind.MfsMaster4, ServiceKind.MfsHa, MooseFsRelease.V4, shards: 8);

    [Fact(Explicit = true)]
    public Task MfsHa_with_the_most_shards_agrees_with_mfsmaster_3() => AssertAgreeAsync([302], ServiceKind.MfsMaster3, ServiceKind.MfsHa, MooseFsRelease.V3, shards: 64);

    [Fact]
    public async Task A_changed_tree_is_found()
    {
        await using var deployment = await Deployment.StartAsync(Comparison.Plan(ServiceKind.MfsMaster4, MooseFsRelease.V4), TestContext.Current.CancellationToken);
        using var runner = new ScriptRunner(deployment.Mounts, deployment.Mounts);
        string[] roots = [$"{deployment.Mounts[0].Path}/one", $"{deployment.Mounts[0].Path}/two"];
        foreach (var root in roots)
        {
            P.MakeDirectory(root);
            P.MakeDirectory($"{root}/directory");
            await File.WriteAllTextAsync($"{root}/directory/file", "content", TestContext.Current.CancellationToken);
            P.Link($"{root}/directory/file", $"{root}/link");
            P.SetAttribute($"{root}/directory", "user.a", "value"u8);
        }
        var times = new TimeScale(DateTimeOffset.UtcNow);
        Assert.Null(await runner.CompareTreesAsync(roots, times));
        var changed = roots[1];
        await AssertFoundAsync(() => P.ChangeMode($"{changed}/link", 0x180), () => P.ChangeMode($"{changed}/link", 0x1B6));
        await AssertFoundAsync(() => P.SetAttribute($"{changed}/directory", "user.a", "other"u8), () => P.SetAttribute($"{changed}/directory", "user.a", "value"u8));
        await AssertFoundAsync(() => P.MakeDirectory($"{changed}/new"), () => P.RemoveDirectory($"{changed}/new"));
        await AssertFoundAsync(() => File.WriteAllText($"{changed}/link", "Content"), () => File.WriteAllText($"{changed}/link", "content"));
        await AssertFoundAsync(
            () => { P.Unlink($"{changed}/link"); File.WriteAllText($"{changed}/link", "content"); },
            () => { P.Unlink($"{changed}/link"); P.Link($"{changed}/directory/file", $"{changed}/link"); });
        await AssertFoundAsync(() => P.SetTimes($"{changed}/link", null, 1_000_000_000), () => P.SetTimes($"{changed}/link", null, null));

        async Task AssertFoundAsync(Action change, Action restore)
        {
            change();
            Assert.NotNull(await runner.CompareTreesAsync(roots, times));
            restore();
            Assert.Null(await runner.CompareTreesAsync(roots, times));
        }
    }

    private static async Task AssertAgreeAsync(int[] seeds, ServiceKind first, ServiceKind second, MooseFsRelease mount, int shards = 1)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var comparison = await Comparison.StartAsync(first, second, mount, cancellation, shards);
        foreach (var seed in seeds)
        {
            if (await comparison.FindDifferenceAsync(seed, Steps, cancellation) is { } difference)
            {
                Assert.Fail(difference);
            }
        }
    }
}

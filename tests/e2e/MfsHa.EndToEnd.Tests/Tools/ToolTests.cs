using MfsHa.EndToEnd.Tests.Transcripts;
using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Tools;

/// <summary>What the mfstools print and do, on a real mfsmaster and on mfsha. (The differential scripts have those that need no chunks.)</summary>
public sealed class ToolTests
{
    [Fact(Explicit = true)]
    public Task Tools_3_do_and_print_as_with_mfsmaster() => AssertSameAsync(ServiceKind.MfsMaster3, MooseFsRelease.V3);

    [Fact]
    public Task Tools_4_do_and_print_as_with_mfsmaster() => AssertSameAsync(ServiceKind.MfsMaster4, MooseFsRelease.V4);

    internal static Task AssertSameAsync(ServiceKind master, MooseFsRelease release, int shards = 1) => TranscriptPair.AssertSameAsync(
        new DeploymentPlan(master, release, release) { Mounts = 1, Caching = CachePolicy.None },
        static (deployment, transcript, cancellation) => new ToolScript(deployment, transcript).RunAsync(cancellation),
        TestContext.Current.CancellationToken,
        shards);
}

/// <summary>The same with eight shards: every directory that the script makes is in one of its own.</summary>
public sealed class ToolsOnEightShards
{
    [Fact]
    public Task Tools_4_do_and_print_as_with_mfsmaster() => ToolTests.AssertSameAsync(ServiceKind.MfsMaster4, MooseFsRelease.V4, shards: 8);
}

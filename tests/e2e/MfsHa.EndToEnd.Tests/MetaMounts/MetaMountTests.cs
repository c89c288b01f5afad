using MfsHa.EndToEnd.Tests.Transcripts;
using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.MetaMounts;

/// <summary>Trash and sustained files through <c>mfsmount -o mfsmeta</c> and the trash tools of 4.x, on a real mfsmaster and on mfsha.</summary>
public sealed class MetaMountTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public Task Mfsmount_3_shows_and_undeletes_as_with_mfsmaster() => AssertSameAsync(ServiceKind.MfsMaster3, MooseFsRelease.V3);

    [Fact(Explicit = true)]
    public Task Mfsmount_4_shows_and_undeletes_as_with_mfsmaster() => AssertSameAsync(ServiceKind.MfsMaster4, MooseFsRelease.V4);

    /// <summary>mfstrashtool 4.56.6 does not recognise a mount of its own release (it expects a shorter .masterinfo), but one of 3.x. Shows mfsmount 3, too.</summary>
    [Fact]
    public Task Trash_tools_of_4_do_as_with_mfsmaster() => AssertSameAsync(ServiceKind.MfsMaster4, MooseFsRelease.V3, withTools: true);

    internal static Task AssertSameAsync(ServiceKind master, MooseFsRelease release, bool withTools = false, int shards = 1) => TranscriptPair.AssertSameAsync(
        new DeploymentPlan(master, release, release) { Mounts = 1, ChunkServers = 1, Caching = CachePolicy.None },
        async (deployment, transcript, cancellation) =>
        {
            var meta = await Mount.CreateMetaAsync(deployment.Environment, release, deployment.Service.EndpointFor(1), "meta", cancellation);
            await meta.StartAsync(cancellation);
            using var script = new MetaMountScript(deployment.Mounts[0], meta, withTools, transcript);
            await script.RunAsync(cancellation);
        },
        Cancellation,
        shards);
}

/// <summary>The same with eight shards: the files are in the trash of several.</summary>
public sealed class MetaMountOnEightShards
{
    [Fact]
    public Task Trash_tools_of_4_do_as_with_mfsmaster() => MetaMountTests.AssertSameAsync(ServiceKind.MfsMaster4, MooseFsRelease.V3, withTools: true, shards: 8);
}

using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Chunks;

/// <summary>
/// A file without a name keeps its chunks while a client has it open: beyond its time in the trash, over the death of the leader and of the client's own node. Then they go.
/// </summary>
public sealed class HeldFileTests
{
    private const int Length = 700_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    /// <summary>An unlinked file stays for a minute after the last one who had it open; then its chunks are found and deleted.</summary>
    private static readonly TimeSpan AfterClose = TimeSpan.FromSeconds(180);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public Task Chunks_of_an_open_file_stay_until_mfsmount_3_has_closed_it() => RunAsync(MooseFsRelease.V3, static mount => mount.StopAsync());

    [Fact(Explicit = true)]
    public Task Chunks_of_an_open_file_stay_until_mfsmount_4_has_closed_it() => RunAsync(MooseFsRelease.V4, static mount => mount.StopAsync());

    /// <summary>Without the minutes until chunks go.</summary>
    [Fact]
    public Task Chunks_of_an_open_file_stay() => RunAsync(MooseFsRelease.V4, end: null);

    /// <summary>Its session ends when it has been away for SESSION_SUSTAIN_TIME.</summary>
    [Fact(Explicit = true)]
    public Task Chunks_of_an_open_file_stay_until_the_session_of_a_dead_client_is_over() => RunAsync(MooseFsRelease.V4, static mount => mount.DisposeAsync().AsTask());

    private static async Task RunAsync(MooseFsRelease release, Func<Mount, Task>? end)
    {
        await using var deployment = await Deployment.StartAsync(
            new DeploymentPlan(ServiceKind.MfsHa, release, release)
            {
                ServiceSettings = new Dictionary<string, string> { ["CHUNKS_LOOP_MIN_TIME"] = "60", ["SESSION_SUSTAIN_TIME"] = "1m" },
            },
            Cancellation);
        var files = new ChunkFiles(deployment);
        var (holder, other) = (deployment.Mounts[0], deployment.Mounts[1]);
        var setRetention = release == MooseFsRelease.V3 ? "mfssettrashtime" : "mfssettrashretention";
        var (kept, direct, control) = ($"{holder.Path}/kept", $"{holder.Path}/direct", $"{other.Path}/control");
        Content.WriteFile(kept, 1, Length);
        Content.WriteFile(direct, 2, Length);
        Content.WriteFile(control, 3, Length);
        ulong[] heldChunks = [.. await files.ChunksOfAsync(kept, Cancellation), .. await files.ChunksOfAsync(direct, Cancellation)];
        var controlChunks = await files.ChunksOfAsync($"{holder.Path}/control", Cancellation);
        Assert.Equal((2, 1), (heldChunks.Length, controlChunks.Length));
        await files.ToolAsync(setRetention, Cancellation, "0", direct, $"{holder.Path}/control");
        var inode = P.Stat(kept).Inode;
        using var keptOpen = new PosixFile(kept, OpenFlags.ReadWrite);
        using var directOpen = new PosixFile(direct, OpenFlags.ReadWrite);

        // One goes by way of the trash, one directly; the third is not open, and shows when chunks without a file go.
        P.Unlink(kept);
        P.Unlink(direct);
        P.Unlink(control);
        await other.StopAsync();
        var meta = await Mount.CreateMetaAsync(deployment.Environment, release, deployment.Service.EndpointFor(1), "meta", Cancellation);
        await meta.StartAsync(Cancellation);
        var (trash, entry) = ($"{meta.Path}/trash/{inode % 4096:X3}", $"{inode:X8}|kept");
        Assert.Contains(entry, P.ReadDirectory(trash));
        await Command.RunAsync(meta.Host.CommandLine(release.Tool(setRetention, "0", $"{trash}/{entry}")), Cancellation);
        await Deadline.WaitAsync("its time in the trash is over", Soon, () => !P.ReadDirectory(trash).Contains(entry), Cancellation);
        AssertThere("after the trash");

        var leader = await deployment.Cluster.LeaderOfAsync(0, Cancellation) ?? throw new InvalidOperationException("nobody leads");
        await RestartAsync(leader);
        AssertThere("after the death of the leader");
        await RestartAsync(deployment.Cluster.Nodes[0]);
        AssertThere("after the death of the client's node");
        if (end is null)
        {
            return;
        }
        await Deadline.WaitAsync("the chunks of the file that nobody has open are gone", AfterClose, () => controlChunks.All(c => files.Holders(c).Length == 0), Cancellation);
        AssertThere("after the chunks of others have gone");

        keptOpen.Close();
        directOpen.Close();
        await end(holder);
        await Deadline.WaitAsync("the chunks of closed files are gone", AfterClose, () => heldChunks.All(c => files.Holders(c).Length == 0), Cancellation);
        await deployment.Cluster.AdminAsync(deployment.Cluster.Nodes[0], ["consistency-check"], Cancellation);

        void AssertThere(string when)
        {
            foreach (var (file, seed) in new[] { (keptOpen, 1ul), (directOpen, 2ul) })
            {
                Content.AssertRange(file, seed, 0, Length);
                Content.Write(file, seed, 0, Length / 2);
                file.Sync();
                Content.AssertRange(file, seed, 0, Length);
                Assert.Equal((0u, (long)Length), (file.Stat().Links, file.Stat().Size));
            }
            Assert.All(heldChunks, chunk => Assert.True(files.Holders(chunk).Length > 0, $"{when}: chunk {chunk:X} is gone"));
        }
    }

    private static async Task RestartAsync(MfsHaNode node)
    {
        await node.CrashAsync();
        node.Start();
        await node.WaitReadyAsync(Cancellation);
    }
}

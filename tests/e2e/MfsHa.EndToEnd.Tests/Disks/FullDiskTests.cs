using System.Collections.Concurrent;
using System.Globalization;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Disks;

/// <summary>A node whose disk cannot be written says so and stops; nothing that was acknowledged is lost, and the others go on.</summary>
public sealed class FullDiskTests
{
    private const int SmallMebibytes = 64;
    private const int LargeMebibytes = 2048;
    private const int AttributeLength = 60_000;
    private const int Workers = 4;
    private static readonly TimeSpan FillLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Node_with_a_full_disk_stops_with_a_clear_message_and_catches_up_when_there_is_space()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, cancellation: Cancellation);
        var full = cluster.Nodes[2];
        await MountDiskAsync(full, $"size={SmallMebibytes}m");
        await cluster.StartAsync(Cancellation);
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, cluster.Endpoints[0], "mount", cancellation: Cancellation);
        await mount.StartAsync(Cancellation);

        var acknowledged = new ConcurrentBag<int>();
        var next = 0;
        using var enough = new CancellationTokenSource();
        var filling = Enumerable.Range(0, Workers).Select(_ => Task.Factory.StartNew(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                var number = Interlocked.Increment(ref next);
                P.MakeDirectory(PathOf(number));
                P.SetAttribute(PathOf(number), "user.content", Content.Bytes((ulong)number, AttributeLength));
                acknowledged.Add(number);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        try
        {
            await Deadline.WaitAsync("the node with the full disk has stopped", FillLimit, () => full.Process.HasExited || filling.Any(static f => f.IsFaulted), Cancellation);
            // The others go on without it.
            var before = acknowledged.Count;
            await Deadline.WaitAsync("more is acknowledged", StopLimit, () => acknowledged.Count > before + 20 || filling.Any(static f => f.IsFaulted), Cancellation);
        }
        finally
        {
            await enough.CancelAsync();
            await Task.WhenAll(filling);
        }
        Assert.True(full.Process.HasExited);
        var log = await File.ReadAllTextAsync(full.Process.LogFile, Cancellation);
        Assert.Contains("No space left", log, StringComparison.Ordinal);
        Assert.Contains(full.DataFolder, log, StringComparison.Ordinal);

        await Command.RunAsync(["mount", "-o", $"remount,size={LargeMebibytes}m", full.DataFolder], Cancellation);
        full.Start();
        await full.WaitReadyAsync(Cancellation);
        await Deadline.WaitAsync(
            "all replicas are equal", CatchUpLimit,
            async token => (await cluster.TryAdminAsync(full, ["consistency-check"], token)).ExitCode == 0, Cancellation);
        Assert.All(acknowledged, number => Assert.Equal(Content.Bytes((ulong)number, AttributeLength), P.GetAttribute(PathOf(number), "user.content")));

        string PathOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{mount.Path}/directory{number}");
    }

    [Fact]
    public async Task All_nodes_with_full_disks_stop_and_go_on_with_everything_acknowledged_when_there_is_space()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, cancellation: Cancellation);
        foreach (var node in cluster.Nodes)
        {
            await MountDiskAsync(node, $"size={SmallMebibytes}m");
        }

        await cluster.StartAsync(Cancellation);
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, cluster.Endpoints[0], "mount", cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        var acknowledged = new ConcurrentBag<int>();
        using var enough = new CancellationTokenSource();
        var filling = Task.Factory.StartNew(() =>
        {
            for (var number = 1; !enough.IsCancellationRequested; number++)
            {
                P.MakeDirectory($"{mount.Path}/directory{number}");
                P.SetAttribute($"{mount.Path}/directory{number}", "user.content", Content.Bytes((ulong)number, AttributeLength));
                acknowledged.Add(number);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            // Two at least: the third one has no leader then, and may have a little space left.
            await Deadline.WaitAsync("a majority has stopped", FillLimit, () => cluster.Nodes.Count(static n => n.Process.HasExited) >= 2 || filling.IsFaulted, Cancellation);
        }
        finally
        {
            await enough.CancelAsync();
        }

        foreach (var node in cluster.Nodes)
        {
            await Command.RunAsync(["mount", "-o", $"remount,size={LargeMebibytes}m", node.DataFolder], Cancellation);
        }

        // A node whose disk was full may end only now.
        await Deadline.WaitAsync("all nodes serve, and the client goes on", FillLimit, async token =>
        {
            foreach (var node in cluster.Nodes.Where(static n => n.Process.HasExited))
            {
                Assert.Contains("No space left", await File.ReadAllTextAsync(node.Process.LogFile, token), StringComparison.Ordinal);
                node.Start();
            }

            return filling.IsCompleted && (await cluster.TryAdminAsync(cluster.Nodes[0], ["status"], token)).ExitCode == 0;
        }, Cancellation);
        await filling;
        await Deadline.WaitAsync(
            "all replicas are equal", CatchUpLimit,
            async token => (await cluster.TryAdminAsync(cluster.Nodes[0], ["consistency-check"], token)).ExitCode == 0, Cancellation);
        Assert.All(acknowledged, number => Assert.Equal(Content.Bytes((ulong)number, AttributeLength), P.GetAttribute($"{mount.Path}/directory{number}", "user.content")));
    }

    [Fact]
    public async Task Node_that_may_not_write_its_data_does_not_start_and_names_the_path()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, nodes: 1, cancellation: Cancellation);
        var node = cluster.Nodes[0];
        await MountDiskAsync(node, "ro");
        node.Start();
        await node.Process.WaitForExitAsync(StopLimit);
        Assert.Throws<InvalidOperationException>(node.Process.ThrowIfExited);
        var log = await File.ReadAllTextAsync(node.Process.LogFile, Cancellation);
        Assert.Contains(node.DataFolder, log, StringComparison.Ordinal);
        Assert.Contains("ead-only", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }

    private static Task<string> MountDiskAsync(MfsHaNode node, string options)
        => Command.RunAsync(["mount", "-t", "tmpfs", "-o", options, "tmpfs", node.DataFolder], Cancellation);
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MfsHa.EndToEnd.Tests.Failover;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Membership;

/// <summary>A node joins a cluster that was imported, so that no log reaches back to the beginning: it takes over the state, as fast as <c>config set</c> says, and clients do not notice.</summary>
public sealed partial class ShippingPaceTests
{
    private const int Records = 160;
    private const int RecordBytes = 60_000;
    private const int MegaBytesPerSecond = 2;
    private const string Key = "HA_MOVE_BYTES_PER_SECOND";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task States_are_shipped_as_fast_as_config_set_says()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        List<MfsHaNode> nodes = [];
        for (var id = 1; id <= 2; id++)
        {
            nodes.Add(MfsHaNode.Create(environment, MfsHaPrograms.Node, id, await environment.Network.AddHostAsync($"node{id}", Cancellation), new Dictionary<string, string>()));
        }

        var (first, joining) = (nodes[0], nodes[1]);
        await ImportAsync(environment, first);
        var mount = await MountAsync(environment, first, "mount");
        P.MakeDirectory($"{mount.Path}/made");
        await using var maker = new StallMeter(n => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{mount.Path}/made/{n}")));

        Assert.Contains("0, or size 64K..", (await TryAdminAsync(environment, first, "config", "set", Key, "1K")).Error, StringComparison.Ordinal);
        var free = await JoinAsync(environment, first, joining, "0");
        await LeaveAsync(environment, first, joining);
        _ = maker.TakeLongest();
        var paced = await JoinAsync(environment, first, joining, $"{MegaBytesPerSecond}M");
        var stall = maker.TakeLongest();

        // All but the last piece is paid for by time.
        var least = (double)((Records * RecordBytes) - (MegaBytesPerSecond << 20)) / (MegaBytesPerSecond << 20);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Records * RecordBytes / 1e6:0.0} MB without a limit {free.TotalSeconds:0.0} s, with {MegaBytesPerSecond} MiB/s {paced.TotalSeconds:0.0} s; longest of {maker.Done} operations meanwhile {stall.TotalMilliseconds:0} ms"));
        Assert.True(paced.TotalSeconds > least, $"{paced} is faster than the limit allows");
        await LeaveAsync(environment, first, joining);

        // One that would take minutes is let go.
        var slow = JoinAsync(environment, first, joining, "64K");
        await Deadline.WaitAsync("the state is being fetched", Limit, () => FetchedLine().Count(LogOf(joining)) > TakenOverLine().Count(LogOf(joining)), Cancellation);
        await Task.Delay(TimeSpan.FromSeconds(2), Cancellation);
        Assert.False(slow.IsCompleted);
        var released = Stopwatch.GetTimestamp();
        await AdminAsync(environment, first, "config", "unset", Key);
        await slow;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"let go, it took {Stopwatch.GetElapsedTime(released).TotalSeconds:0.0} s"));
        Assert.True(Stopwatch.GetElapsedTime(released) < TimeSpan.FromSeconds(15), "the limit was in force for longer than it should");
        await maker.StopAsync();
        Assert.Null(maker.Failure);
        await AdminAsync(environment, first, "consistency-check");
        Assert.Equal(RecordBytes, P.GetAttribute($"{mount.Path}/0", "user.large").Length);
    }

    // Many large records, by way of a metadata.mfs.
    private static async Task ImportAsync(TestEnvironment environment, MfsHaNode node)
    {
        node.Start("--init-cluster", "--node-id=1");
        await node.WaitReadyAsync(Cancellation);
        var mount = await MountAsync(environment, node, "filling");
        for (var i = 0; i < Records; i++)
        {
            P.MakeDirectory($"{mount.Path}/{i}");
            P.SetAttribute($"{mount.Path}/{i}", "user.large", Posix.Content.Bytes((ulong)i, RecordBytes));
        }

        await mount.StopAsync();
        var file = Path.Combine(environment.CreateFolder("export"), "metadata.mfs");
        await AdminAsync(environment, node, "export-metadata", "--output", file);
        Assert.True(await node.StopAsync());
        node.WipeDisk();
        await Command.RunAsync(node.Host.CommandLine([MfsHaPrograms.Node, "-c", node.ConfigurationPath, "--import-metadata", file]), Cancellation);
        node.Start();
        await node.WaitReadyAsync(Cancellation);
    }

    /// <summary>How long the state took from its first piece to its last.</summary>
    private static async Task<TimeSpan> JoinAsync(TestEnvironment environment, MfsHaNode first, MfsHaNode joining, string limit)
    {
        // The node that has just left counts as one that is away until its last group has let it go.
        await Deadline.WaitAsync("the limit is in force", Limit, async _ => (await TryAdminAsync(environment, first, "config", "set", Key, limit)).ExitCode == 0, Cancellation);
        joining.WipeDisk();
        var (begun, done) = (FetchedLine().Count(LogOf(joining)), TakenOverLine().Count(LogOf(joining)));
        joining.Start("--join-cluster", "--node-id=2", $"--peer={first.Host.Address}");
        await Deadline.WaitAsync("the state is being fetched", Limit, () => FetchedLine().Count(LogOf(joining)) > begun, Cancellation);
        var start = Stopwatch.GetTimestamp();
        await Deadline.WaitAsync("the state is taken over", Limit, () => TakenOverLine().Count(LogOf(joining)) > done, Cancellation);
        var took = Stopwatch.GetElapsedTime(start);
        await joining.WaitReadyAsync(Cancellation);
        return took;
    }

    private static async Task LeaveAsync(TestEnvironment environment, MfsHaNode first, MfsHaNode leaving)
    {
        await Deadline.WaitAsync("it is a member", Limit, async _ => (await TryAdminAsync(environment, first, "node", "list")).Output.Contains("Node 2: active", StringComparison.Ordinal), Cancellation);
        await AdminAsync(environment, first, "node", "remove", "2");
        await leaving.Process.WaitForExitAsync(Limit);
    }

    private static string LogOf(MfsHaNode node) => File.Exists(node.Log) ? File.ReadAllText(node.Log) : "";

    private static async Task<Mount> MountAsync(TestEnvironment environment, MfsHaNode node, string name)
    {
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, node.Host, name, CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        return mount;
    }

    private static Task<CommandResult> TryAdminAsync(TestEnvironment environment, MfsHaNode node, params string[] arguments) =>
        Command.TryRunAsync(environment.Observer.CommandLine([MfsHaPrograms.Admin, "--host", $"{node.Host.Address}", .. arguments]), cancellation: Cancellation);

    private static Task<string> AdminAsync(TestEnvironment environment, MfsHaNode node, params string[] arguments) =>
        Command.RunAsync(environment.Observer.CommandLine([MfsHaPrograms.Admin, "--host", $"{node.Host.Address}", .. arguments]), Cancellation);

    [GeneratedRegex("Group 1: fetching the state from node 1")]
    private static partial Regex FetchedLine();

    [GeneratedRegex("Group 1: took over the state at ")]
    private static partial Regex TakenOverLine();
}

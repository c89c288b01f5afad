using System.Diagnostics;
using System.Globalization;
using MfsHa.Playground.Processes;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Failover;

/// <summary>A leader that is slow but alive keeps its place: an election would only add a pause to the slowness.</summary>
public sealed class SlowLeaderTests
{
    private const int Writers = 4;
    private const int Pauses = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Leader_that_is_paused_again_and_again_under_load_keeps_its_place()
        => KeepsItsPlaceAsync(busyLoops: 0, PauseAgainAndAgainAsync);

    [Fact]
    public Task Leader_that_is_paused_again_and_again_without_load_keeps_its_place()
        => KeepsItsPlaceAsync(busyLoops: 0, PauseAgainAndAgainAsync, loaded: false);

    [Fact]
    public Task Leader_that_shares_the_processors_with_busy_loops_keeps_its_place()
        => KeepsItsPlaceAsync(busyLoops: 2 * Environment.ProcessorCount, static _ => Task.Delay(LoadTime, Cancellation));

    [Fact]
    public async Task Leader_that_stands_still_for_a_second_is_replaced()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var (cluster, leader) = await StartAsync(environment);
        var observer = cluster.Nodes.First(node => node != leader);
        var before = await LeadershipAsync(cluster, observer);
        leader.Suspend();
        await Deadline.WaitAsync("another node leads", TimeSpan.FromSeconds(1), async token => await LeadershipAsync(cluster, observer) is var now && now != before && !now.Contains(":0", StringComparison.Ordinal), Cancellation);
        leader.Resume();
    }

    private static async Task KeepsItsPlaceAsync(int busyLoops, Func<MfsHaNode, Task> strain, bool loaded = true)
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var (cluster, leader) = await StartAsync(environment);
        var observer = cluster.Nodes.First(node => node != leader);
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, observer.Host, "mount", cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        List<StallMeter> writers = [];
        List<ManagedProcess> loops = [];
        try
        {
            for (var writer = 0; loaded && writer < Writers; writer++)
            {
                var folder = $"{mount.Path}/writer{writer}";
                P.MakeDirectory(folder);
                writers.Add(new StallMeter(number => P.MakeDirectory(string.Create(CultureInfo.InvariantCulture, $"{folder}/{number}"))));
            }
            for (var loop = 0; loop < busyLoops; loop++)
            {
                loops.Add(environment.Own(ManagedProcess.Start(environment.Observer, $"busy loop {loop}", environment.LogFile($"loop{loop}"), ["sh", "-c", "while :; do :; done"])));
            }
            var before = await LeadershipAsync(cluster, observer);
            var done = writers.Sum(static writer => writer.Done);
            await strain(leader);
            Assert.All(writers, static writer => Assert.Null(writer.Failure));
            Assert.True(!loaded || writers.Sum(static writer => writer.Done) > done + 100, "there was no load");
            Assert.Equal(before, await LeadershipAsync(cluster, observer));
        }
        finally
        {
            foreach (var writer in writers)
            {
                await writer.DisposeAsync();
            }
            foreach (var loop in loops)
            {
                await loop.KillAsync();
            }
        }
    }

    private static async Task PauseAgainAndAgainAsync(MfsHaNode leader)
    {
        var longest = TimeSpan.Zero;
        for (var pause = 0; pause < Pauses; pause++)
        {
            var begun = Stopwatch.GetTimestamp();
            leader.Suspend();
            await Task.Delay(Pause, Cancellation);
            leader.Resume();
            var took = Stopwatch.GetElapsedTime(begun);
            longest = took > longest ? took : longest;
            await Task.Delay(Between, Cancellation);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"longest pause {longest.TotalMilliseconds:0} ms");
    }

    private static async Task<(MfsHaCluster Cluster, MfsHaNode Leader)> StartAsync(TestEnvironment environment)
    {
        var cluster = await MfsHaCluster.CreateAsync(environment, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        MfsHaNode? leader = null;
        await Deadline.WaitAsync("the shard has a leader", Limit, async token => (leader = await cluster.LeaderOfAsync(0, token)) is not null, Cancellation);
        return (cluster, leader!);
    }

    // Leaders and terms of all groups: an election that the old leader wins shows in the term.
    private static async Task<string> LeadershipAsync(MfsHaCluster cluster, MfsHaNode asked)
        => string.Join(", ", (await cluster.StatusAsync(asked, Cancellation)).Groups.Select(static g => string.Create(CultureInfo.InvariantCulture, $"group {g.Number} term {g.Term} leader:{g.Leader}")));
}

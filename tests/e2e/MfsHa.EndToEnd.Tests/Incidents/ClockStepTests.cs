using System.Globalization;
using MfsHa.EndToEnd.Tests.Failover;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Incidents;

/// <summary>Clocks of nodes are set hours forwards and backwards while clients work: nothing stands still, nothing is lost, and times of files never go back.</summary>
public sealed class ClockStepTests
{
    private static readonly TimeSpan MostStall = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clocks_step_by_hours_and_clients_see_nothing_of_it()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        List<Host> hosts = [];
        List<SteppedClock> clocks = [];
        for (var id = 1; id <= 3; id++)
        {
            hosts.Add(await environment.Network.AddHostAsync($"node{id}", Cancellation));
            if (await SteppedClock.TryCreateAsync(environment, $"clock{id}", MfsHaPrograms.Node, Cancellation) is not { } clock)
            {
                Assert.Skip("there is no C compiler");
                return;
            }

            clocks.Add(clock);
        }

        var nodes = clocks.Select((clock, i) => MfsHaNode.Create(environment, clock.Program, i + 1, hosts, new Dictionary<string, string>())).ToArray();
        foreach (var node in nodes)
        {
            node.Start();
        }

        await Task.WhenAll(nodes.Select(static n => n.WaitReadyAsync(Cancellation)));
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, nodes[0].Host, "mount", CachePolicy.None, cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        P.MakeDirectory($"{mount.Path}/made");
        using var held = new PosixFile($"{mount.Path}/held", OpenFlags.Create | OpenFlags.Write);
        await using var maker = new StallMeter(n => P.MakeDirectory($"{mount.Path}/made/{n}"));
        foreach (var (node, hours) in ((int Node, int Hours)[])[(1, 5), (2, -5), (3, 7), (1, -3), (2, 9), (3, 0), (1, 0), (2, 0)])
        {
            _ = maker.TakeLongest();
            clocks[node - 1].Set(TimeSpan.FromHours(hours));
            await Task.Delay(Calm, Cancellation);
            var longest = maker.TakeLongest();
            TestContext.Current.TestOutputHelper?.WriteLine($"node {node} at {hours:+0;-0;0} h: longest operation {longest.TotalMilliseconds:0} ms");
            Assert.True(longest < MostStall, $"node {node} at {hours} h: {longest}");
        }

        await maker.StopAsync();
        Assert.Null(maker.Failure);
        Assert.Equal(maker.Done, Directory.GetDirectories($"{mount.Path}/made").Length);
        var times = Directory.GetDirectories($"{mount.Path}/made").OrderBy(static d => int.Parse(Path.GetFileName(d), CultureInfo.InvariantCulture)).Select(Directory.GetLastWriteTimeUtc).ToArray();
        Assert.Equal(times.Order(), times);
        Assert.True(times[^1] - DateTime.UtcNow > TimeSpan.FromHours(4), "a leader's clock was stepped");
        P.Stat($"{mount.Path}/held");
        await Deadline.WaitAsync(
            "all replicas are equal", Limit,
            async token => (await Command.TryRunAsync(environment.Observer.CommandLine([MfsHaPrograms.Admin, "--host", nodes[0].Host.Address.ToString(), "consistency-check"]), cancellation: token)).ExitCode == 0, Cancellation);
    }
}

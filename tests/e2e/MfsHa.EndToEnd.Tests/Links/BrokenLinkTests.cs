using System.Diagnostics;
using System.Globalization;
using MfsHa.Playground.Processes;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Links;

/// <summary>Two nodes cannot reach each other, and a third one reaches both: nobody may stand still because of it.</summary>
public sealed class BrokenLinkTests
{
    private const int Changes = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_of_a_node_that_cannot_reach_the_leader_go_on()
    {
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var cluster = await MfsHaCluster.CreateAsync(environment, cancellation: Cancellation);
        await cluster.StartAsync(Cancellation);
        MfsHaNode? leader = null;
        await Deadline.WaitAsync("the shard has a leader", Limit, async token => (leader = await cluster.LeaderOfAsync(0, token)) is not null, Cancellation);
        var apart = cluster.Nodes.First(node => node != leader);
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, apart.Host, "mount", cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        P.MakeDirectory($"{mount.Path}/before");

        await RouteAsync("add", apart, leader!);
        await RouteAsync("add", leader!, apart);
        try
        {
            // In a thread of its own, so that a mount that stands still fails the test instead of stopping it.
            var changing = Task.Factory.StartNew(() => Change(mount.Path), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var longest = await changing.WaitAsync(Limit, Cancellation);
            TestContext.Current.TestOutputHelper?.WriteLine($"longest change {longest.TotalMilliseconds:0} ms");
        }
        finally
        {
            await RouteAsync("del", apart, leader!);
            await RouteAsync("del", leader!, apart);
        }

        Assert.Equal(Changes + 1, P.ReadDirectory(mount.Path).Count);
        P.MakeDirectory($"{mount.Path}/after");
    }

    private static TimeSpan Change(string folder)
    {
        var longest = TimeSpan.Zero;
        for (var number = 0; number < Changes; number++)
        {
            var begun = Stopwatch.GetTimestamp();
            var path = string.Create(CultureInfo.InvariantCulture, $"{folder}/d{number}");
            P.MakeDirectory(path);
            Assert.NotEqual(0ul, P.Stat(path).Inode);
            var took = Stopwatch.GetElapsedTime(begun);
            longest = took > longest ? took : longest;
        }

        return longest;
    }

    private static Task<string> RouteAsync(string action, MfsHaNode from, MfsHaNode to) =>
        Command.RunAsync(["ip", "-n", from.Host.Namespace.Name, "route", action, "blackhole", $"{to.Host.Address}/32"], Cancellation);
}

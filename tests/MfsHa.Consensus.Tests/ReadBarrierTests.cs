using System.Diagnostics;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class ReadBarrierTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_leader_passes_and_a_follower_does_not()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        await leader.Log.ReadBarrierAsync(Cancellation);
        var follower = cluster.Nodes.First(n => n != leader);
        await Assert.ThrowsAsync<NotLeaderException>(async () => await follower.Log.ReadBarrierAsync(Cancellation));
    }

    [Fact]
    public async Task A_confirmed_leader_passes_at_once_and_without_an_allocation()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        await cluster.ConvergeAsync();
        var best = long.MaxValue;
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await leader.Log.ReadBarrierAsync(Cancellation);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var first = leader.Log.ReadBarrierAsync(Cancellation);
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(first.IsCompletedSuccessfully);
        }

        Assert.Equal(0, best);
    }

    [Fact]
    public async Task Readers_see_what_was_acknowledged_before_they_asked()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            var result = await cluster.PutAsync("k", $"{i}");
            var leader = await cluster.LeaderAsync();
            await leader.Log.ReadBarrierAsync(Cancellation);
            Assert.True(leader.Machine.AppliedIndex >= result.Index);
            Assert.Equal($"{i}", leader.Machine.State.Values["k"]);
        }
    }

    [Fact]
    public async Task A_deposed_leader_that_does_not_know_it_refuses()
    {
        await using var cluster = await TestCluster.StartAsync();
        var old = await cluster.LeaderAsync();
        await old.Log.ReadBarrierAsync(Cancellation);
        var cut = Stopwatch.GetTimestamp();
        await old.Link.DisposeAsync(); // cut off; its process goes on
        var passed = TimeSpan.Zero;
        using var stop = new CancellationTokenSource();
        var probe = ProbeAsync();
        async Task ProbeAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                    await old.Log.ReadBarrierAsync(patience.Token);
                    passed = Stopwatch.GetElapsedTime(cut);
                }
                catch (Exception e) when (e is NotLeaderException or OperationCanceledException)
                {
                    await Task.Delay(1, Cancellation);
                }
            }
        }

        await cluster.PollAsync(() => cluster.Nodes.Any(n => n != old && n.Log.Leadership.IsReady), "another leader");
        var elected = Stopwatch.GetElapsedTime(cut);
        await Task.Delay(500, Cancellation);
        await stop.CancelAsync();
        await probe;
        Assert.True(passed < elected, $"passed {passed.TotalMilliseconds} ms after the cut, but another one led after {elected.TotalMilliseconds} ms");
        Assert.True(passed < TimeSpan.FromMilliseconds(250), $"passed {passed.TotalMilliseconds} ms after the cut");
    }

    [Fact]
    public async Task Many_readers_share_rounds()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            for (var i = 0; i < 200; i++)
            {
                await leader.Log.ReadBarrierAsync(Cancellation);
                await Task.Yield();
            }
        }));
        Assert.True(leader.Log.Leadership.IsReady);
    }
}

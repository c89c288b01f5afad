using System.Diagnostics;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class FailoverTests
{
    [Fact]
    public async Task After_a_leader_is_killed_another_one_serves_within_two_seconds_and_nothing_acknowledged_is_lost()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var acknowledged = new Dictionary<string, string>();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 16).Select(async w =>
        {
            var mine = new List<string>();
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await cluster.PutAsync($"w{w}-{i}", "v");
                mine.Add($"w{w}-{i}");
            }

            return mine;
        }).ToArray();
        await Task.Delay(500, TestContext.Current.CancellationToken);
        var begun = Stopwatch.GetTimestamp();
        await leader.KillAsync();
        var next = await cluster.LeaderAsync();
        await cluster.PutAsync("after", "v");
        var took = Stopwatch.GetElapsedTime(begun);
        await stop.CancelAsync();
        var keys = (await Task.WhenAll(writers)).SelectMany(k => k).ToArray();

        Assert.NotEqual(leader.Id, next.Id);
        Assert.True(took < TimeSpan.FromSeconds(2), $"failover took {took.TotalMilliseconds} ms");
        await leader.StartAsync();
        var state = await cluster.ConvergeAsync();
        Assert.All(keys, key => Assert.True(state.Values.ContainsKey(key), $"{key} is lost"));
    }

    [Fact]
    public async Task After_all_were_killed_everything_acknowledged_is_there()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            await cluster.PutAsync($"k{i}", "v");
        }

        await Task.WhenAll(cluster.Nodes.Select(n => n.KillAsync()));
        foreach (var node in cluster.Nodes)
        {
            await node.StartAsync();
        }

        Assert.Equal("v", (await cluster.PutAsync("k99", "w")).Previous);
        Assert.Equal(100, (await cluster.ConvergeAsync()).Values.Count);
    }

    [Fact]
    public async Task After_an_orderly_restart_of_all_the_members_are_known_from_the_disk()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("k", "v");
        var members = cluster.Nodes[0].Log.Members;
        foreach (var node in cluster.Nodes)
        {
            await node.StopAsync();
        }

        foreach (var node in cluster.Nodes)
        {
            await node.StartAsync();
        }

        Assert.Equal("v", (await cluster.PutAsync("k", "w")).Previous);
        Assert.All(cluster.Nodes, n => Assert.Equal(members, n.Log.Members));
    }

    [Fact]
    public async Task A_leader_that_resigns_is_followed_by_another_one()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var term = leader.Log.Leadership.Term;
        await leader.Log.ResignAsync(TestContext.Current.CancellationToken);
        await cluster.PollAsync(() => cluster.Nodes.Any(n => n.Log.Leadership is { IsReady: true } l && l.Term > term), "a leader of a later term");
        Assert.NotEqual(leader.Id, (await cluster.LeaderAsync()).Id);
        await cluster.PutAsync("k", "v");
    }

    [Fact]
    public async Task Resigning_on_a_follower_does_nothing()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        await cluster.Nodes.First(n => n != leader).Log.ResignAsync(TestContext.Current.CancellationToken);
        await Task.Delay(600, TestContext.Current.CancellationToken);
        Assert.True(leader.Log.Leadership.IsReady);
    }

    [Fact]
    public async Task Leadership_events_come_in_order_and_one_at_a_time()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var watcher = cluster.Nodes.First(n => n != leader);
        var seen = new List<Leadership>();
        var inside = 0;
        var overlapped = false;
        watcher.Log.LeadershipChanged += l =>
        {
            overlapped |= Interlocked.Increment(ref inside) != 1;
            lock (seen)
            {
                seen.Add(l);
            }

            Thread.Sleep(5);
            Interlocked.Decrement(ref inside);
        };
        await leader.KillAsync();
        var next = await cluster.LeaderAsync();
        await cluster.PollAsync(() => watcher.Log.Leadership.Leader == next.Id, "the watcher knows the new leader");
        await cluster.PollAsync(() => { lock (seen) { return seen.Count > 0 && seen[^1].Leader == next.Id; } }, "the event has come");
        Assert.False(overlapped);
        lock (seen)
        {
            Assert.Equal(seen.OrderBy(l => l.Term).Select(l => l.Term), seen.Select(l => l.Term));
            Assert.Equal(seen.Distinct().Count(), seen.Count);
        }
    }

    [Fact]
    public async Task What_a_deposed_leader_could_not_commit_gives_way_and_its_caller_hears_of_it()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("k", "0");
        await cluster.ConvergeAsync();
        var old = await cluster.LeaderAsync();
        var others = cluster.Nodes.Where(n => n != old).ToArray();
        foreach (var node in others)
        {
            node.Device.Hold();
        }

        var lost = TestCluster.PutAsync(old, "k", "never", TestContext.Current.CancellationToken);
        var index = old.Machine.AppliedIndex + 1;
        await cluster.PollAsync(() => old.Host.LogStatistics.Records > 0 && !lost.IsCompleted, "the entry is on its way");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        await Task.WhenAll(others.Select(n => n.KillAsync())); // they never synced it
        await Assert.ThrowsAsync<NotLeaderException>(() => lost);
        await old.StopAsync();
        foreach (var node in others)
        {
            await node.StartAsync();
        }

        var instead = await cluster.PutAsync("k", "1");
        Assert.Equal("0", instead.Previous);
        await old.StartAsync();
        await cluster.PutAsync("l", "1");
        var state = await cluster.ConvergeAsync();
        Assert.Equal("1", state.Values["k"]);
        Assert.True(instead.Index >= index);
    }

    [Fact]
    public async Task Time_in_entries_never_goes_back_when_the_next_leaders_clock_is_behind()
    {
        await using var cluster = new TestCluster(3);
        cluster.Nodes[0].ClockAhead = TimeSpan.FromHours(1);
        cluster.Nodes[1].ClockAhead = TimeSpan.FromMinutes(30);
        await cluster.FormAsync();

        // Whoever leads first, then the two others: the test machine refuses an entry that is older than the one before.
        for (var i = 0; i < 3; i++)
        {
            await cluster.PutAsync($"k{i}", "v");
            var leader = await cluster.LeaderAsync();
            await leader.Log.ResignAsync(TestContext.Current.CancellationToken);
        }

        await cluster.PutAsync("last", "v");
        await cluster.ConvergeAsync();
        Assert.All(cluster.Nodes, n => Assert.False(n.Host.Failed.IsCompleted));
    }
}

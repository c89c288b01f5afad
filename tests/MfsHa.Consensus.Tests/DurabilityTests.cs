using System.Diagnostics;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class DurabilityTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_acknowledgment_before_a_majority_has_synced()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        await TestCluster.PutAsync(leader, "warm", "up", Cancellation);
        foreach (var node in cluster.Nodes.Where(n => n != leader))
        {
            node.Device.Delay = TimeSpan.FromMilliseconds(300);
        }

        var begun = Stopwatch.GetTimestamp();
        await TestCluster.PutAsync(leader, "k", "v", Cancellation);
        Assert.True(Stopwatch.GetElapsedTime(begun) >= TimeSpan.FromMilliseconds(290), "acknowledged before any follower had synced");
    }

    [Fact]
    public async Task No_acknowledgment_before_the_leader_has_synced()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        await TestCluster.PutAsync(leader, "warm", "up", Cancellation);
        leader.Device.Delay = TimeSpan.FromMilliseconds(300);
        var begun = Stopwatch.GetTimestamp();
        await TestCluster.PutAsync(leader, "k", "v", Cancellation);
        Assert.True(Stopwatch.GetElapsedTime(begun) >= TimeSpan.FromMilliseconds(290), "acknowledged before the leader had synced");
        Assert.True(leader.Log.Leadership.IsReady);
    }

    [Fact]
    public async Task One_slow_follower_slows_nobody()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        cluster.Nodes.First(n => n != leader).Device.Delay = TimeSpan.FromMilliseconds(400);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < 10; i++)
        {
            await TestCluster.PutAsync(leader, $"k{i}", "v", Cancellation);
        }

        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_acknowledged_survives_when_all_lose_power_at_once_and_the_leader_stays_away_unless_disks_lie(bool lies)
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        await TestCluster.PutAsync(leader, "before", "v", Cancellation);
        await cluster.ConvergeAsync();
        var followers = cluster.Nodes.Where(n => n != leader).ToArray();
        foreach (var node in followers)
        {
            node.Device.Lies = lies;
            node.Device.Delay = TimeSpan.FromMilliseconds(100);
        }

        await TestCluster.PutAsync(leader, "k", "v", Cancellation);
        foreach (var node in cluster.Nodes)
        {
            node.Device.PowerOff();
        }

        await Task.WhenAll(cluster.Nodes.Select(n => n.KillAsync()));
        foreach (var node in followers)
        {
            await node.StartAsync();
        }

        await cluster.PutAsync("after", "v");
        var state = await cluster.ConvergeAsync();
        Assert.True(state.Values.ContainsKey("before"));
        Assert.Equal(!lies, state.Values.ContainsKey("k")); // with lying disks it is lost: so this test can see a loss
    }

    [Fact]
    public async Task Slow_disks_make_a_group_slow_but_move_no_leadership()
    {
        // Longer timeouts than in production, so that a busy machine is not taken for a dead node; the syncs are slower than all of them.
        await using var cluster = new TestCluster(3, new ConsensusOptions { ElectionTimeout = TimeSpan.FromMilliseconds(400), Heartbeat = TimeSpan.FromMilliseconds(100) })
        {
            DeadAfter = TimeSpan.FromMilliseconds(800),
        };
        await cluster.FormAsync();
        var leader = await cluster.LeaderAsync();
        var term = leader.Log.Leadership.Term;
        foreach (var node in cluster.Nodes.Where(n => n != leader))
        {
            node.Device.Delay = TimeSpan.FromMilliseconds(900);
        }

        var begun = Stopwatch.GetTimestamp();
        var count = 0;
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(5))
        {
            await TestCluster.PutAsync(leader, $"k{count++}", "v", Cancellation);
        }

        Assert.InRange(count, 2, 7);
        Assert.Equal(term, leader.Log.Leadership.Term);
        Assert.True(leader.Log.Leadership.IsReady);
    }

    [Fact]
    public async Task A_leader_whose_disk_stalls_gives_leadership_away_and_follows_when_it_recovers()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        leader.Device.Hold();
        var lost = TestCluster.PutAsync(leader, "stuck", "v", Cancellation);
        await cluster.PollAsync(() => cluster.Nodes.Any(n => n != leader && n.Log.Leadership.IsReady), "another leader");
        await cluster.PutAsync("k", "v");
        await Assert.ThrowsAsync<NotLeaderException>(() => lost);
        leader.Device.Release();
        await cluster.PutAsync("l", "v");
        await cluster.ConvergeAsync();
        Assert.All(cluster.Nodes, n => Assert.False(n.Host.Failed.IsCompleted));
    }

    [Fact]
    public async Task A_node_whose_disk_fails_says_so_and_acknowledges_nothing_more()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        leader.Device.PowerOff();
        var put = TestCluster.PutAsync(leader, "k", "v", Cancellation);
        var cause = await leader.Host.Failed.WaitAsync(TimeSpan.FromSeconds(5), Cancellation);
        Assert.Contains("power is off", cause.Message, StringComparison.Ordinal);
        Assert.False(put.IsCompletedSuccessfully);
        await leader.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => put);
        await cluster.PutAsync("k", "w");
    }
}

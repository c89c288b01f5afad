using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class CatchUpTests
{
    private static readonly ConsensusOptions ShortLog = new() { SyncInterval = TimeSpan.FromMilliseconds(50), RetainedEntries = 5 };

    [Fact]
    public async Task A_follower_that_was_away_catches_up_from_the_log()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var away = cluster.Nodes.First(n => n != leader);
        await away.KillAsync();
        for (var i = 0; i < 300; i++)
        {
            await cluster.PutAsync($"k{i}", "v");
        }

        await away.StartAsync();
        Assert.Equal(300, (await cluster.ConvergeAsync()).Values.Count);
        Assert.True(away.Machine.Entries.Count >= 1);
    }

    [Fact]
    public async Task A_follower_that_was_away_for_longer_takes_over_the_state_and_goes_on_with_the_log()
    {
        await using var cluster = await TestCluster.StartAsync(3, ShortLog);
        var leader = await cluster.LeaderAsync();
        var away = cluster.Nodes.First(n => n != leader);
        await cluster.PutAsync("before", "v");
        await away.KillAsync();
        for (var i = 0; i < 300; i++)
        {
            await cluster.PutAsync($"k{i}", new string('x', 500));
        }

        await Task.Delay(300, TestContext.Current.CancellationToken); // several flushes: the log is cut
        await away.StartAsync();
        await cluster.PutAsync("after", "v");
        Assert.Equal(302, (await cluster.ConvergeAsync()).Values.Count);
        Assert.True(away.Machine.Entries.Count < 250, $"{away.Machine.Entries.Count} entries came by log\n{cluster.LogTail}");
        await away.KillAsync();
        await away.StartAsync();
        await cluster.PutAsync("again", "v");
        Assert.Equal(303, (await cluster.ConvergeAsync()).Values.Count);
    }

    [Fact]
    public async Task A_state_is_taken_over_while_writes_go_on()
    {
        await using var cluster = await TestCluster.StartAsync(3, ShortLog);
        for (var i = 0; i < 200; i++)
        {
            await cluster.PutAsync($"k{i}", new string('x', 2000));
        }

        var leader = await cluster.LeaderAsync();
        var away = cluster.Nodes.First(n => n != leader);
        await away.KillAsync();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            var written = 0;
            while (!stop.IsCancellationRequested)
            {
                await cluster.PutAsync($"w{written++}", "v");
            }

            return written;
        });
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await away.StartAsync();
        await cluster.PollAsync(() => away.Machine.AppliedIndex > leader.Machine.AppliedIndex - 50 && away.Machine.AppliedIndex > 200, "the follower is close");
        await stop.CancelAsync();
        var count = await writer;
        Assert.Equal(200 + count, (await cluster.ConvergeAsync()).Values.Count);
    }

    [Fact]
    public async Task A_follower_killed_in_the_middle_of_taking_over_the_state_begins_again()
    {
        await using var cluster = await TestCluster.StartAsync(3, ShortLog);
        var leader = await cluster.LeaderAsync();
        var away = cluster.Nodes.First(n => n != leader);
        await away.KillAsync();
        for (var i = 0; i < 300; i++)
        {
            await cluster.PutAsync($"k{i}", new string('x', 3000));
        }

        await Task.Delay(300, TestContext.Current.CancellationToken);
        for (var round = 0; round < 3; round++)
        {
            await away.StartAsync();
            await Task.Delay(50 + (40 * round), TestContext.Current.CancellationToken);
            await away.KillAsync();
        }

        await away.StartAsync();
        Assert.Equal(300, (await cluster.ConvergeAsync()).Values.Count);
    }

    [Fact]
    public async Task The_log_is_cut_behind_the_durable_state_and_the_group_restarts_from_there()
    {
        await using var cluster = await TestCluster.StartAsync(3, ShortLog);
        for (var i = 0; i < 100; i++)
        {
            await cluster.PutAsync($"k{i}", "v");
        }

        await Task.Delay(300, TestContext.Current.CancellationToken);
        await Task.WhenAll(cluster.Nodes.Select(n => n.KillAsync()));
        foreach (var node in cluster.Nodes)
        {
            await node.StartAsync();
        }

        await cluster.PutAsync("after", "v");
        Assert.Equal(101, (await cluster.ConvergeAsync()).Values.Count);
        Assert.All(cluster.Nodes, n => Assert.True(n.Machine.Entries.Count < 30));
    }

    [Fact]
    public async Task Old_entries_that_left_the_cache_are_sent_from_the_disk()
    {
        await using var cluster = await TestCluster.StartAsync(3, new ConsensusOptions { MaxLogCacheBytes = 2000 });
        var leader = await cluster.LeaderAsync();
        var away = cluster.Nodes.First(n => n != leader);
        await away.KillAsync();
        for (var i = 0; i < 200; i++)
        {
            await cluster.PutAsync($"k{i}", new string('x', 100));
        }

        await away.StartAsync();
        Assert.Equal(200, (await cluster.ConvergeAsync()).Values.Count);
    }
}

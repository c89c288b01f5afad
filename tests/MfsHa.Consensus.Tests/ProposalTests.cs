using System.Diagnostics;
using System.Text;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class ProposalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_concurrent_commands_are_applied_once_and_in_the_same_order_everywhere()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        const int writers = 100;
        const int each = 100;
        var results = await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            var mine = new List<PutResult>();
            for (var i = 0; i < each; i++)
            {
                mine.Add(await TestCluster.PutAsync(leader, $"w{writer}", $"{i}", Cancellation));
            }

            return mine;
        }));

        Assert.Equal(writers * each, results.SelectMany(r => r).Select(r => (r.Index, r.Position)).Distinct().Count());
        foreach (var mine in results)
        {
            Assert.Equal(mine.OrderBy(r => r.Index).ThenBy(r => r.Position), mine);
            Assert.Equal(Enumerable.Range(0, each).Select(i => i == 0 ? null : $"{i - 1}"), mine.Select(r => r.Previous));
        }

        var state = await cluster.ConvergeAsync();
        Assert.Equal(writers, state.Values.Count);
        Assert.All(state.Values.Values, value => Assert.Equal($"{each - 1}", value));
    }

    [Fact]
    public async Task Commands_that_come_together_share_entries()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        leader.Device.Delay = TimeSpan.FromMilliseconds(20);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => TestCluster.PutAsync(leader, $"k{i}", "v", Cancellation)));
        Assert.InRange(leader.Machine.Entries.Count, 1, 10);
        await cluster.ConvergeAsync();
    }

    [Fact]
    public async Task Callers_that_come_back_share_entries_and_a_single_one_is_not_waited_for()
    {
        const int callers = 8, each = 25;
        var options = new ConsensusOptions { GatherTime = TimeSpan.FromMilliseconds(90) };
        await using var cluster = await TestCluster.StartAsync(3, options);
        var leader = await cluster.LeaderAsync();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
        {
            for (var i = 0; i < each; i++)
            {
                await TestCluster.PutAsync(leader, $"c{caller}", $"{i}", Cancellation);
            }
        }));

        // In lockstep there is one entry for every command of each; a first one goes out alone, and the last quarter is not waited for.
        Assert.InRange(leader.Machine.Entries.Count, each, 3 * each / 2);

        // The last of them may be waited for once.
        await TestCluster.PutAsync(leader, "alone", "before", Cancellation);
        var begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < each; i++)
        {
            await TestCluster.PutAsync(leader, "alone", $"{i}", Cancellation);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, each * options.GatherTime);
        await cluster.ConvergeAsync();
    }

    [Fact]
    public async Task An_entry_holds_no_more_than_it_may()
    {
        var options = new ConsensusOptions { MaxCommandsPerEntry = 7, MaxBytesPerEntry = 1000 };
        await using var cluster = await TestCluster.StartAsync(3, options);
        var leader = await cluster.LeaderAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => TestCluster.PutAsync(leader, $"k{i}", "v", Cancellation)));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => TestCluster.PutAsync(leader, $"l{i}", new string('x', 600), Cancellation)));
        Assert.True(leader.Machine.Entries.Max(e => e.Commands) <= 7);
        Assert.Equal(10, leader.Machine.Entries.Count(e => e.Commands == 1) >= 10 ? 10 : 0);
        await TestCluster.PutAsync(leader, "large", new string('x', 100_000), Cancellation); // alone it may be larger
        await cluster.ConvergeAsync();
    }

    [Fact]
    public async Task A_follower_rejects_commands()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var follower = cluster.Nodes.First(n => n != leader);
        await Assert.ThrowsAsync<ProposalRejectedException>(() => TestCluster.PutAsync(follower, "k", "v", Cancellation));
    }

    [Fact]
    public async Task A_full_queue_rejects_and_what_it_took_is_executed()
    {
        var options = new ConsensusOptions { MaxQueuedCommands = 10 };
        await using var cluster = await TestCluster.StartAsync(3, options);
        var leader = await cluster.LeaderAsync();
        foreach (var node in cluster.Nodes)
        {
            node.Device.Hold();
        }

        var taken = new List<Task<PutResult>>();
        var rejected = 0;
        for (var i = 0; i < 100; i++)
        {
            var put = TestCluster.PutAsync(leader, $"k{i}", "v", Cancellation);
            if (put.IsFaulted)
            {
                await Assert.ThrowsAsync<ProposalRejectedException>(() => put);
                rejected++;
            }
            else
            {
                taken.Add(put);
            }
        }

        Assert.True(rejected >= 80, $"{rejected} rejected");
        foreach (var node in cluster.Nodes)
        {
            node.Device.Release();
        }

        await Task.WhenAll(taken);
        Assert.Equal(taken.Count, (await cluster.ConvergeAsync()).Values.Count);
    }

    [Fact]
    public async Task A_cancelled_caller_gets_away_and_the_others_do_not_notice()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        foreach (var node in cluster.Nodes)
        {
            node.Device.Hold();
        }

        using var cancel = new CancellationTokenSource();
        var cancelled = TestCluster.PutAsync(leader, "a", "1", cancel.Token);
        var other = TestCluster.PutAsync(leader, "b", "1", Cancellation);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(other.IsCompleted);
        foreach (var node in cluster.Nodes)
        {
            node.Device.Release();
        }

        await other;
        await cluster.ConvergeAsync();
    }

    [Fact]
    public async Task The_callers_buffer_may_be_reused_at_once()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var buffer = new byte[4];
        var puts = new List<Task>();
        for (var i = 0; i < 100; i++)
        {
            Encoding.UTF8.GetBytes($"{i:00}=v", buffer);
            puts.Add(leader.Log.ProposeAsync(buffer, Cancellation).AsTask());
        }

        await Task.WhenAll(puts);
        Assert.Equal(100, (await cluster.ConvergeAsync()).Values.Count);
    }

    [Fact]
    public async Task A_command_that_is_too_large_is_refused()
    {
        await using var cluster = await TestCluster.StartAsync(3, new ConsensusOptions { MaxCommandBytes = 100 });
        var leader = await cluster.LeaderAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => TestCluster.PutAsync(leader, "k", new string('x', 100), Cancellation));
    }

    [Fact]
    public async Task A_group_of_one_serves()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        for (var i = 0; i < 10; i++)
        {
            await cluster.PutAsync("k", $"{i}");
        }

        await cluster.Nodes[0].KillAsync();
        await cluster.Nodes[0].StartAsync();
        Assert.Equal("9", (await cluster.PutAsync("k", "last")).Previous);
    }
}

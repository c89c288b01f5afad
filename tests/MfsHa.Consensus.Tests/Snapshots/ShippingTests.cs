using System.Diagnostics;
using MfsHa.Consensus.Snapshots;
using MfsHa.Consensus.Tests.Harness;
using MfsHa.NodeLink;
using Xunit;

namespace MfsHa.Consensus.Tests.Snapshots;

/// <summary>A state on its way to a follower that is behind the log, over real sockets.</summary>
public sealed class ShippingTests
{
    private const int Records = 300;
    private const int ValueBytes = 3000;
    private static readonly ConsensusOptions ShortLog = new() { SyncInterval = TimeSpan.FromMilliseconds(50), RetainedEntries = 5 };

    [Fact]
    public async Task A_byte_that_is_flipped_on_its_way_is_noticed_and_the_state_is_fetched_again()
    {
        await using var cluster = await TestCluster.StartAsync(3, ShortLog);
        var (leader, away) = await FilledAsync(cluster, 'M');
        await using var relay = new FlippingRelay(leader.Address!.Port, 'M');
        cluster.Directory.Set(new NodeAddress(leader.Id, "127.0.0.1", relay.Port));
        await away.StartAsync();
        await cluster.PutAsync("after", "v");
        Assert.Equal(Records + 1, (await cluster.ConvergeAsync()).Values.Count);
        Assert.True(relay.HasFlipped, $"the state did not pass the relay\n{cluster.LogTail}");
        Assert.Contains("was changed on its way", cluster.LogTail, StringComparison.Ordinal);
        Assert.Equal(leader.Machine.State.Values.OrderBy(static v => v.Key, StringComparer.Ordinal), away.Machine.State.Values.OrderBy(static v => v.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_limit_is_kept()
    {
        const long Limit = 256 << 10;
        TimeSpan free;
        await using (var cluster = await TestCluster.StartAsync(3, ShortLog))
        {
            var (_, away) = await FilledAsync(cluster, 'x');
            free = await CatchUpAsync(cluster, away);
        }

        await using var limited = await TestCluster.StartAsync(3, ShortLog);
        var (_, other) = await FilledAsync(limited, 'x');
        SetLimit(limited, Limit);
        var paced = await CatchUpAsync(limited, other);

        // All but the last piece is paid for by time.
        var least = TimeSpan.FromSeconds((double)((Records * ValueBytes) - (Limit / 4)) / Limit);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Records * ValueBytes >> 10} KiB without a limit {free.TotalMilliseconds:0} ms, with {Limit >> 10} KiB/s {paced.TotalMilliseconds:0} ms");
        Assert.True(paced > least, $"{paced} is faster than the limit allows: {least}");
        Assert.True(paced < 4 * least, $"{paced} is much slower than the limit makes it: {least}");
        await limited.ConvergeAsync();
    }

    [Fact]
    public async Task A_limit_that_is_lifted_on_the_way_counts_no_more()
    {
        await using var cluster = await TestCluster.StartAsync(3, ShortLog);
        var (_, away) = await FilledAsync(cluster, 'x');

        // It would take a quarter of a minute.
        SetLimit(cluster, ShippingPace.MinBytesPerSecond);
        var begun = Stopwatch.GetTimestamp();
        var catching = CatchUpAsync(cluster, away);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.False(catching.IsCompleted);
        SetLimit(cluster, 0);
        await catching;
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(8), $"{Stopwatch.GetElapsedTime(begun)}");
        await cluster.ConvergeAsync();
    }

    private static async Task<(TestNode Leader, TestNode Away)> FilledAsync(TestCluster cluster, char content)
    {
        var leader = await cluster.LeaderAsync();
        var away = cluster.Nodes.First(n => n != leader);
        await away.KillAsync();
        await PutAllAsync(cluster, content);
        return (await cluster.LeaderAsync(), away);
    }

    private static async Task PutAllAsync(TestCluster cluster, char content)
    {
        for (var i = 0; i < Records; i++)
        {
            await cluster.PutAsync($"k{i}", new string(content, ValueBytes));
        }

        // Until the log is cut: whoever comes now needs the state.
        var end = cluster.Running.Max(static n => n.Machine.AppliedIndex);
        await cluster.PollAsync(() => cluster.Running.All(n => n.Machine.DurableIndex >= end), "the state is durable");
        await Task.Delay(3 * ShortLog.SyncInterval, TestContext.Current.CancellationToken);
    }

    private static void SetLimit(TestCluster cluster, long limit)
    {
        foreach (var node in cluster.Running)
        {
            node.Host.Pace.BytesPerSecond = limit;
        }
    }

    private static async Task<TimeSpan> CatchUpAsync(TestCluster cluster, TestNode away)
    {
        var end = cluster.Running.Max(static n => n.Machine.AppliedIndex);
        await away.StartAsync();
        var begun = Stopwatch.GetTimestamp();
        await cluster.PollAsync(() => away.Machine.AppliedIndex >= end, "the node has caught up");
        return Stopwatch.GetElapsedTime(begun);
    }
}

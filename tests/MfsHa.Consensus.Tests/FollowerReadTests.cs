using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class FollowerReadTests(ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_follower_reads_by_itself_while_nothing_changes()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("k", "1");
        var leader = await cluster.LeaderAsync();
        Assert.False(leader.Log.IsCurrentFollower());
        foreach (var follower in cluster.Nodes.Where(n => n != leader))
        {
            await cluster.PollAsync(follower.Log.IsCurrentFollower, "a lease");
            Assert.Equal("1", follower.Machine.State.Values["k"]);
        }
    }

    [Fact]
    public async Task A_lease_is_renewed_before_it_ends()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("k", "1");
        var leader = await cluster.LeaderAsync();
        var follower = cluster.Nodes.First(n => n != leader);
        await cluster.PollAsync(follower.Log.IsCurrentFollower, "a lease");
        var (asked, held) = (0, 0);
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(2); asked++)
        {
            held += follower.Log.IsCurrentFollower() ? 1 : 0;
            await Task.Delay(1, Cancellation);
        }

        output.WriteLine($"{held} of {asked}");
        Assert.True(held > asked / 2, $"a lease in {held} of {asked} moments");
    }

    [Fact]
    public async Task A_follower_without_a_leader_has_no_lease_for_long()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var follower = cluster.Nodes.First(n => n != leader);
        await cluster.PollAsync(follower.Log.IsCurrentFollower, "a lease");
        foreach (var node in cluster.Nodes.Where(n => n != follower))
        {
            await node.KillAsync();
        }

        await Task.Delay(cluster.Options.ElectionTimeout, Cancellation);
        Assert.False(follower.Log.IsCurrentFollower());
    }

    [Fact]
    public async Task A_holder_that_is_cut_off_keeps_a_change_waiting_for_the_rest_of_its_lease_only()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var follower = cluster.Nodes.First(n => n != leader);
        await cluster.PollAsync(follower.Log.IsCurrentFollower, "a lease");
        await follower.Link.DisposeAsync();
        var begun = Stopwatch.GetTimestamp();
        await TestCluster.PutAsync(leader, "k", "2", Cancellation);
        Assert.False(follower.Log.IsCurrentFollower() && follower.Machine.State.Values.GetValueOrDefault("k") != "2");
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(5));
    }

    /// <summary>
    /// One writer counts upwards, with pauses in which followers get leases. Readers at all nodes look first at what was acknowledged, then whether their node is
    /// current, then at its state: that must not be older. Nodes are killed, cut off, slowed, and give their leadership away meanwhile.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_a_follower_reads_is_never_older_than_what_was_acknowledged(int seed)
    {
        var random = new Random(seed);
        var history = new ConcurrentQueue<string>();
        await using var cluster = await TestCluster.StartAsync();
        using var stop = new CancellationTokenSource();
        var acknowledged = 0;
        var reads = 0;
        var writer = Task.Run(async () =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
            {
                await cluster.PutAsync("k", i.ToString(CultureInfo.InvariantCulture));
                Volatile.Write(ref acknowledged, i);
                if (i % 8 == 0)
                {
                    await Task.Delay(i % 64 == 0 ? 60 : 12, Cancellation);
                }
            }
        }, Cancellation);
        var readers = cluster.Nodes.Select(node => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                for (var i = 0; i < 200; i++)
                {
                    var (log, machine) = (node.Log, node.Machine);
                    var least = Volatile.Read(ref acknowledged);
                    if (!log.IsCurrentFollower())
                    {
                        continue;
                    }

                    var seen = int.Parse(machine.State.Values.GetValueOrDefault("k") ?? "0", CultureInfo.InvariantCulture);
                    Assert.True(seen >= least, $"seed {seed}: node {node.Id} read {seen}, acknowledged was {least}\n{string.Join('\n', history)}");
                    Interlocked.Increment(ref reads);
                }

                await Task.Delay(1, Cancellation);
            }
        }, Cancellation)).ToArray();

        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(6) && !readers.Append(writer).Any(t => t.IsCompleted))
        {
            await Task.Delay(random.Next(50, 400), Cancellation);
            var node = cluster.Nodes[random.Next(cluster.Nodes.Count)];
            var action = random.Next(4);
            history.Enqueue($"{Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms: action {action} on node {node.Id}");
            switch (action)
            {
                case 0:
                    await node.KillAsync();
                    await Task.Delay(random.Next(1, 300), Cancellation);
                    await node.StartAsync();
                    break;
                case 1:
                    await node.Link.DisposeAsync(); // cut off, reading goes on; then killed
                    await Task.Delay(random.Next(50, 800), Cancellation);
                    await node.KillAsync();
                    await node.StartAsync();
                    break;
                case 2:
                    node.Device.Delay = TimeSpan.FromMilliseconds(random.Next(0, 60));
                    break;
                default:
                    await node.Log.ResignAsync(Cancellation);
                    break;
            }
        }

        foreach (var node in cluster.Nodes)
        {
            node.Device.Delay = TimeSpan.Zero;
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers.Append(writer));
        await cluster.ConvergeAsync();
        output.WriteLine($"{acknowledged} writes, {reads} reads at followers, {history.Count} actions");
        Assert.True(reads > 100, $"only {reads} reads at followers");
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(12);

    /// <summary>
    /// Kills, stops, isolates and slows nodes at random while writers write. What was acknowledged must be there afterwards, every writer's values must have been
    /// seen in its order, and all replicas must be equal.
    /// </summary>
    [Theory]
    [InlineData(1, 20_000)]
    [InlineData(2, 10)]
    public Task Nothing_acknowledged_is_lost_whatever_happens_to_a_minority(int seed, int retained) => RunAsync(seed, retained);

    /// <summary>More voters than the library counts right by itself, and states that are shipped all the time.</summary>
    [Fact]
    public Task Nothing_acknowledged_is_lost_with_five_members() => RunAsync(3, retained: 10, nodes: 5);

    [Theory]
    [InlineData(4, 20_000)]
    [InlineData(5, 10)]
    public Task Nothing_acknowledged_is_lost_while_members_come_and_go(int seed, int retained) => RunAsync(seed, retained, nodes: 3, guests: 2);

    /// <summary>For the night: many seeds.</summary>
    [Fact(Explicit = true)]
    public async Task Nothing_acknowledged_is_lost_with_many_seeds()
    {
        var first = Environment.TickCount & 0xFFFF;
        for (var seed = first; seed < first + 30; seed++)
        {
            await RunAsync(seed, seed % 2 == 0 ? 20_000 : 10, nodes: seed % 3 == 0 ? 5 : 3, guests: seed % 3 == 1 ? 2 : 0);
        }
    }

    private async Task RunAsync(int seed, int retained, int nodes = 3, int guests = 0)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var history = new ConcurrentQueue<string>();
        await using var cluster = await TestCluster.StartAsync(
            nodes, new ConsensusOptions { SyncInterval = TimeSpan.FromMilliseconds(100), RetainedEntries = retained, MaxLogCacheBytes = 50_000 });
        for (var guest = nodes + 1; guest <= nodes + guests; guest++)
        {
            await cluster.Add(guest).StartAsync();
        }

        using var stop = new CancellationTokenSource();
        var acknowledged = new int[8];
        var writers = Enumerable.Range(0, acknowledged.Length).Select(async w =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
            {
                // A value may have been written by an attempt whose answer was lost: then it is its own predecessor.
                var result = await cluster.PutAsync($"w{w}", $"{i}");
                var previous = int.Parse(result.Previous ?? "0", System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(previous == i - 1 || previous == i, $"seed {seed}: writer {w} wrote {i} and found {previous}\n{string.Join('\n', history)}");
                acknowledged[w] = i;
            }
        }).ToArray();

        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Span && !writers.Any(w => w.IsCompleted))
        {
            await Task.Delay(random.Next(100, 700), TestContext.Current.CancellationToken);
            var node = cluster.Nodes[random.Next(cluster.Nodes.Count)];
            var action = random.Next(guests > 0 ? 9 : 5);
            history.Enqueue($"{Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms: action {action} on node {node.Id}");
            switch (action)
            {
                case 0:
                    await node.KillAsync();
                    await Task.Delay(random.Next(10, 1000), TestContext.Current.CancellationToken);
                    await node.StartAsync();
                    break;
                case 1:
                    await node.StopAsync();
                    await node.StartAsync();
                    break;
                case 2:
                    await node.Link.DisposeAsync(); // cut off, then killed
                    await Task.Delay(random.Next(50, 800), TestContext.Current.CancellationToken);
                    await node.KillAsync();
                    await node.StartAsync();
                    break;
                case 3:
                    node.Device.Delay = TimeSpan.FromMilliseconds(random.Next(0, 120));
                    break;
                case 4:
                    await node.Log.ResignAsync(TestContext.Current.CancellationToken);
                    break;
                default:
                    history.Enqueue($"  {await ChangeAsync(cluster, cluster.Nodes[nodes + random.Next(guests)], null)}");
                    break;
            }
        }

        foreach (var node in cluster.Nodes)
        {
            node.Device.Delay = TimeSpan.Zero;
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        foreach (var guest in cluster.Nodes.Skip(nodes))
        {
            while (await ChangeAsync(cluster, guest, isMember: true) is not "member")
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }

        var state = await cluster.ConvergeAsync();
        output.WriteLine($"{acknowledged.Sum()} writes acknowledged, {history.Count} actions");
        Assert.All(cluster.Nodes, n => Assert.False(n.Host.Failed.IsCompleted, $"seed {seed}\n{string.Join('\n', history)}\n{cluster.LogTail}"));
        for (var w = 0; w < acknowledged.Length; w++)
        {
            Assert.Equal($"{acknowledged[w]}", state.Values[$"w{w}"]);
        }
    }

    /// <summary>Lets a node in or out, or tries to; null: the other way than it is.</summary>
    private static async Task<string> ChangeAsync(TestCluster cluster, TestNode guest, bool? isMember)
    {
        var leader = await cluster.LeaderAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            if (isMember ?? !leader.Log.Members.Contains(guest.Member))
            {
                return await leader.Log.AddMemberAsync(guest.Member, deadline.Token) ? "member" : "not caught up";
            }

            return await leader.Log.RemoveMemberAsync(guest.Member, deadline.Token) ? "removed" : "not removed";
        }
        catch (Exception e) when (e is NotLeaderException or OperationCanceledException)
        {
            return e.GetType().Name;
        }
    }
}

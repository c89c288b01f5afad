using System.Diagnostics;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests.Measurements;

/// <summary>Figures, not checks: run with <c>-explicit only</c> in a release build.</summary>
public sealed class Failover(ITestOutputHelper output)
{
    private const int Trials = 10;

    [Theory(Explicit = true)]
    [InlineData("kill")]
    [InlineData("resign")]
    [InlineData("kill with one survivor's disk 100 ms slow")]
    public async Task From_the_event_to_the_first_acknowledged_write(string what)
    {
        await using var cluster = await TestCluster.StartAsync();
        var times = new List<double>();
        for (var trial = 0; trial < Trials; trial++)
        {
            await cluster.PutAsync("k", $"{trial}");
            await cluster.ConvergeAsync();
            await Task.Delay(300 + (37 * trial), TestContext.Current.CancellationToken);
            var leader = await cluster.LeaderAsync();
            var slow = cluster.Nodes.First(n => n != leader);
            slow.Device.Delay = what.Contains("slow", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(100) : TimeSpan.Zero;
            var term = leader.Log.Leadership.Term;
            var begun = Stopwatch.GetTimestamp();
            var end = what == "resign" ? leader.Log.ResignAsync(CancellationToken.None).AsTask() : leader.KillAsync();
            await cluster.PollAsync(() => cluster.Running.Any(n => n.Log.Leadership is { IsReady: true } l && l.Term > term), "another leader");
            await cluster.PutAsync("after", $"{trial}");
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            slow.Device.Delay = TimeSpan.Zero;
            await end;
            if (!leader.IsRunning)
            {
                await leader.StartAsync();
            }
        }

        times.Sort();
        output.WriteLine($"{what}: p50 {times[times.Count / 2]:F0} ms, max {times[^1]:F0} ms, all {string.Join(' ', times.Select(t => $"{t:F0}"))}");
    }
}

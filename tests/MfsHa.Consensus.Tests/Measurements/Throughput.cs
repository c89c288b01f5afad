using System.Diagnostics;
using System.Net;
using MfsHa.NodeLink;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MfsHa.Consensus.Tests.Measurements;

/// <summary>Figures, not checks: run with <c>-explicit only</c> in a release build.</summary>
public sealed class Throughput(ITestOutputHelper output)
{
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(3);

    [Theory(Explicit = true)]
    [InlineData(1, 255)] // the first one warms the process up
    [InlineData(1, 1)]
    [InlineData(1, 16)]
    [InlineData(1, 64)]
    [InlineData(1, 256)]
    [InlineData(1, 1024)]
    [InlineData(8, 64)]
    [InlineData(8, 256)]
    [InlineData(8, 1024)]
    public async Task Commands(int groups, int inFlight)
    {
        var root = Directory.CreateTempSubdirectory("mfsha-throughput-").FullName;
        var directory = new NodeDirectory([]);
        var options = new ConsensusOptions();
        var loggers = NullLoggerFactory.Instance;
        var links = new List<NodeLinkHost>();
        var hosts = new List<ConsensusHost>();
        for (ushort i = 1; i <= 3; i++)
        {
            var link = new NodeLinkHost(
                new NodeLinkOptions { Self = new NodeId(i), Listen = new IPEndPoint(IPAddress.Loopback, 0) }, directory, loggers);
            hosts.Add(ConsensusHost.Open(
                new ConsensusHostOptions { Self = new NodeId(i), Directory = Path.Combine(root, $"{i}"), Groups = options }, link, loggers));
            link.Start();
            directory.Set(new NodeAddress(new NodeId(i), "127.0.0.1", link.EndPoint.Port));
            links.Add(link);
        }

        var members = hosts.Select(h => h.Self).ToArray();
        var logs = new List<IShardLog>();
        foreach (var host in hosts)
        {
            for (ushort g = 0; g < groups; g++)
            {
                logs.Add(await host.CreateGroupAsync(g, members, new CountingMachine(), CancellationToken.None));
            }
        }

        while (Enumerable.Range(0, groups).Any(g => !logs.Any(l => l.Group == g && l.Leadership.IsReady)))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        var leaders = Enumerable.Range(0, groups).Select(g => logs.First(l => l.Group == g && l.Leadership.IsReady)).ToArray();
        var command = new byte[100];
        var latencies = new List<double>[inFlight];
        var counts = new long[inFlight];
        var measuring = false;
        var moved = 0;
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, inFlight).Select(w => Task.Run(async () =>
        {
            latencies[w] = [];
            while (!stop.IsCancellationRequested)
            {
                var begun = Stopwatch.GetTimestamp();
                try
                {
                    await leaders[w % groups].ProposeAsync(command, CancellationToken.None);
                }
                catch (Exception e) when (e is NotLeaderException or ProposalRejectedException)
                {
                    Interlocked.Increment(ref moved);
                    await Task.Delay(5);
                    leaders[w % groups] = logs.FirstOrDefault(l => l.Group == w % groups && l.Leadership.IsReady) ?? leaders[w % groups];
                    continue;
                }

                if (Volatile.Read(ref measuring))
                {
                    latencies[w].Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
                    counts[w]++;
                }
            }
        })).ToArray();
        await Task.Delay(Warmup, TestContext.Current.CancellationToken);
        var syncs = hosts.Sum(h => h.LogStatistics.Syncs);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        Volatile.Write(ref measuring, true);
        await Task.Delay(Span, TestContext.Current.CancellationToken);
        Volatile.Write(ref measuring, false);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        syncs = hosts.Sum(h => h.LogStatistics.Syncs) - syncs;
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        var all = latencies.SelectMany(l => l).Order().ToArray();
        var count = counts.Sum();
        output.WriteLine(
            $"{groups} groups, {inFlight} in flight: {count / seconds:F0} commands/s, p50 {all[all.Length / 2]:F0} us, p99 {all[all.Length * 99 / 100]:F0} us, "
            + $"cpu {cpu.TotalMicroseconds / count:F1} us and {allocated / count} bytes allocated per command (3 nodes), {(double)count / syncs * 3:F1} commands per sync, {moved} refused");
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }

        foreach (var link in links)
        {
            await link.DisposeAsync();
        }

        Directory.Delete(root, recursive: true);
    }
}

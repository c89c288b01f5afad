using System.Runtime.CompilerServices;
using MfsHa.Bench.Raw;
using MfsHa.Bench.Raw.Loads;
using MfsHa.Bench.Reporting;
using MfsHa.Bench.Subjects;
using MfsHa.Protocol.Client;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.Bench.Failover;

/// <summary>How long a client of a surviving node stands still when the leader is killed (SIGKILL).</summary>
internal sealed class FailoverBenchmark(MfsHaSubject subject, int rounds) : IBenchmark
{
    private const int Shard = 0;

    /// <summary>From the kill on: longer than any stall that is not a failure of its own.</summary>
    private static readonly TimeSpan ObserveTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaderLimit = TimeSpan.FromSeconds(60);

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        List<double> writes = [], reads = [];
        for (var round = 0; round < rounds; round++)
        {
            var (write, read) = await RoundAsync(round, cancellation);
            writes.Add(write.TotalMilliseconds);
            reads.Add(read.TotalMilliseconds);
        }
        foreach (var (client, stalls) in new[] { ("writer", writes), ("reader", reads) })
        {
            stalls.Sort();
            yield return new Measurement($"longest stall of a {client} after kill -9 of the leader, median", Unit.Milliseconds, stalls[stalls.Count / 2]);
            yield return new Measurement($"longest stall of a {client} after kill -9 of the leader, maximum", Unit.Milliseconds, stalls[^1]);
        }
    }

    /// <summary>The longest stall over the clients of both survivors.</summary>
    private async Task<(TimeSpan Writes, TimeSpan Reads)> RoundAsync(int round, CancellationToken cancellation)
    {
        var leader = await FindLeaderAsync(cancellation);
        var survivors = subject.Cluster.Nodes.Where(node => node != leader).Select(static node => node.Id - 1).ToArray();
        List<RawConnection> connections = [];
        List<StallMeter> writers = [], readers = [];
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            List<Task> running = [];
            foreach (var survivor in survivors)
            {
                var writer = await subject.ConnectAsync(survivor, cancellation);
                connections.Add(writer);
                var home = await RawBenchmark.MakeDirectoryAsync(writer, 1, $"failover{round}-{survivor}", cancellation);
                var creations = new CreateLoad([home], "f", writer.Version);
                await writer.RunAsync(creations, 1, WarmUpTime / 2, cancellation);
                writers.Add(new StallMeter(creations));
                running.Add(writer.RunAsync(writers[^1], 1, WarmUpTime + ObserveTime, cancellation));

                var reader = await subject.ConnectAsync(survivor, cancellation);
                connections.Add(reader);
                readers.Add(new StallMeter(new GetAttributesLoad([.. creations.Made], round)));
                running.Add(reader.RunAsync(readers[^1], 1, WarmUpTime + ObserveTime, cancellation));
            }
            await Task.Delay(WarmUpTime, cancellation);
            await leader.CrashAsync();
            await Task.WhenAll(running);
        }
        finally
        {
            connections.ForEach(static connection => connection.Dispose());
        }
        leader.Start();
        await subject.WaitServesAsync(cancellation);
        return (writers.Max(static meter => meter.Longest), readers.Max(static meter => meter.Longest));
    }

    private async Task<MfsHaNode> FindLeaderAsync(CancellationToken cancellation)
    {
        MfsHaNode? leader = null;
        await Deadline.WaitAsync("the shard has a leader", LeaderLimit, async token =>
        {
            leader = await subject.Cluster.LeaderOfAsync(Shard, token);
            return leader is not null;
        }, cancellation);
        return leader!;
    }
}

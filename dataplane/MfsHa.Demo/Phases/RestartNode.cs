using System.Diagnostics;
using MfsHa.Admin.Contract;
using MfsHa.Demo.Load;
using MfsHa.Demo.Model;
using MfsHa.Playground;

namespace MfsHa.Demo.Phases;

/// <summary>The dead node starts again, while the clients go on, and catches up; chunkservers that were its own come back.</summary>
public sealed class RestartNode(int round, int rounds) : IPhase
{
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(3);

    public string Title => $"dead node comes back{AllPhases.RoundText(round, rounds)}";

    public async Task RunAsync(DemoContext context, CancellationToken cancellation)
    {
        var (cluster, meter) = (context.Cluster, context.Meter);
        var victim = context.Victim ?? throw new InvalidOperationException("no node was killed");
        var load = context.Load ?? throw new InvalidOperationException("no client is at work");
        var clock = Stopwatch.StartNew();
        meter.Mark();
        victim.Start();
        await victim.WaitReadyAsync(cancellation).ConfigureAwait(false);
        await Deadline.WaitAsync($"node {victim.Id} has caught up", CatchUpLimit, async token =>
        {
            load.ThrowIfFailed();
            return await cluster.Watch.RefreshAsync(token).ConfigureAwait(false) is { } status && ClusterHealth.Of(status).Verdict is HealthVerdict.Healthy;
        }, cancellation).ConfigureAwait(false);
        var back = clock.Elapsed;
        await StartClients.ChunkServersConnectedAsync(cluster, CatchUpLimit, cancellation).ConfigureAwait(false);
        await load.StopAsync().WaitAsync(StopLimit, cancellation).ConfigureAwait(false);
        var longest = new[] { meter.Longest(OperationKind.Name), meter.Longest(OperationKind.File) }.Max();
        context.Story.Say(FormattableString.Invariant(
            $"node {victim.Id} is level {back.TotalSeconds:0.0} s after its start; longest operation {Stalls.Milliseconds(longest)}"));
    }
}

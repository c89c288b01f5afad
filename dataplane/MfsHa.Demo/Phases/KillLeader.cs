using MfsHa.Demo.Cluster;
using MfsHa.Demo.Load;
using MfsHa.Demo.Model;
using MfsHa.Playground;
using MfsHa.Playground.MfsHaNodes;

namespace MfsHa.Demo.Phases;

/// <summary>SIGKILL for the leader while clients work, and a look at how long they stand still.</summary>
public sealed class KillLeader(int round, int rounds) : IPhase
{
    private static readonly TimeSpan LeaderLimit = TimeSpan.FromSeconds(60);

    /// <summary>The clients work so long before the kill.</summary>
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1);

    /// <summary>From the kill on: longer than any stall that is not a failure of its own.</summary>
    private static readonly TimeSpan ObserveTime = TimeSpan.FromSeconds(3);

    /// <summary>A client gives up by itself after about 130 s; that would be seen as a failed operation.</summary>
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromMinutes(3);

    public string Title => $"kill -9 of the leader{AllPhases.RoundText(round, rounds)}";

    public async Task RunAsync(DemoContext context, CancellationToken cancellation)
    {
        var (cluster, meter, story) = (context.Cluster, context.Meter, context.Story);
        var victim = await ChooseAsync(context, cancellation).ConfigureAwait(false);
        var load = context.Load = Workload.Start(context.MountPath, $"round{round}", context.Ledger, meter);
        await WorkAsync(load, WarmUpTime, cancellation).ConfigureAwait(false);

        meter.Mark();
        context.Victim = victim;
        story.Say($"kill -9 of node {victim.Id}, the leader");
        await victim.CrashAsync().ConfigureAwait(false);
        await WorkAsync(load, ObserveTime, cancellation).ConfigureAwait(false);
        // What waits now counts until it returns.
        var observed = TimeProvider.System.GetTimestamp();
        await Deadline.WaitAsync("the operations that wait return", ReturnLimit, () =>
        {
            load.ThrowIfFailed();
            return !meter.IsWaitingSince(observed);
        }, cancellation).ConfigureAwait(false);

        var stall = new Stall(
            round, victim.Id, await SuccessorAsync(cluster, victim, cancellation).ConfigureAwait(false),
            meter.Longest(OperationKind.Name), meter.Longest(OperationKind.File));
        story.Add(stall);
        story.Say(
            $"node {stall.Successor} leads now; longest operation {Stalls.Milliseconds(stall.Longest)} (names {Stalls.Milliseconds(stall.Names)}, files {Stalls.Milliseconds(stall.Files)})");
    }

    /// <summary>Clients work; the first failure ends it.</summary>
    private static async Task WorkAsync(Workload load, TimeSpan time, CancellationToken cancellation)
    {
        await Task.WhenAny(load.Completion, Task.Delay(time, cancellation)).ConfigureAwait(false);
        load.ThrowIfFailed();
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>The leader. If it is the client's own node, another one leads first, so that every round measures the same.</summary>
    private static async Task<MfsHaNode> ChooseAsync(DemoContext context, CancellationToken cancellation)
    {
        var cluster = context.Cluster;
        MfsHaNode? leader = null;
        await Deadline.WaitAsync("a node that is not the client's leads", LeaderLimit, async token =>
        {
            leader = await cluster.FindLeaderAsync(token).ConfigureAwait(false);
            if (leader == cluster.ClientNode)
            {
                context.Story.Say($"node {leader.Id} leads and serves the mount: it hands leadership over first");
                await cluster.AdminOf(leader).ResignAsync(DemoCluster.ShardGroup, token).ConfigureAwait(false);
                leader = null;
            }
            return leader is not null;
        }, cancellation).ConfigureAwait(false);
        return leader!;
    }

    private static async Task<int> SuccessorAsync(DemoCluster cluster, MfsHaNode victim, CancellationToken cancellation)
    {
        var successor = 0;
        await Deadline.WaitAsync("another node leads", LeaderLimit, async token =>
        {
            successor = await cluster.FindLeaderAsync(token).ConfigureAwait(false) is { } leader && leader != victim ? leader.Id : 0;
            return successor != 0;
        }, cancellation).ConfigureAwait(false);
        return successor;
    }
}

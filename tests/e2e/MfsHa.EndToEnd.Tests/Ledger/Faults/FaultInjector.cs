using System.Globalization;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Ledger.Faults;

/// <summary>Does one thing after the other to the nodes of a cluster; what, to whom and for how long follows from the seed.</summary>
internal sealed class FaultInjector(MfsHaCluster cluster, int shards, Journal journal, Outages outages, Random random)
{
    private static readonly (FaultKind Kind, int Weight)[] Weights =
    [
        (FaultKind.Crash, 24), (FaultKind.CrashWhileStarting, 6), (FaultKind.Restart, 8), (FaultKind.Suspend, 18), (FaultKind.CutOff, 14),
        (FaultKind.Split, 8), (FaultKind.SuspendTwoLeaders, 10), (FaultKind.CrashTwo, 5), (FaultKind.CrashAll, 4), (FaultKind.LongAbsence, 3),
    ];

    private readonly List<Task> watches = [];

    /// <summary>Until <paramref name="timeOver"/>; when it returns, all is healed and every node is ready.</summary>
    public async Task RunAsync(CancellationToken timeOver, CancellationToken cancellation)
    {
        while (!timeOver.IsCancellationRequested)
        {
            await InjectAsync(Choose(), cancellation).ConfigureAwait(false);
            await PauseAsync(0, 3000, cancellation).ConfigureAwait(false);
            if (random.Next(2) == 0)
            {
                // Half of the faults meet a whole cluster, the others one that is still mending.
                await Task.WhenAll(watches).ConfigureAwait(false);
            }
        }
        await Task.WhenAll(watches).ConfigureAwait(false);
        await cluster.WaitReadyAsync(cancellation).ConfigureAwait(false);
    }

    private FaultKind Choose()
    {
        var drawn = random.Next(Weights.Sum(static w => w.Weight));
        foreach (var (kind, weight) in Weights)
        {
            drawn -= weight;
            if (drawn < 0)
            {
                return kind;
            }
        }
        throw new InvalidOperationException("the weights do not add up");
    }

    private async Task InjectAsync(FaultKind kind, CancellationToken cancellation)
    {
        var victim = random.Next(5) < 3 ? await LeaderAsync(cancellation).ConfigureAwait(false) : Any();
        switch (kind)
        {
            case FaultKind.Crash:
                await CrashAsync([victim], 0, 5000, cancellation).ConfigureAwait(false);
                break;
            case FaultKind.CrashWhileStarting:
                for (var round = random.Next(2, 5); round > 0; round--)
                {
                    await CrashAsync([victim], 0, 300, cancellation).ConfigureAwait(false);
                    await PauseAsync(50, 1500, cancellation).ConfigureAwait(false);
                }
                break;
            case FaultKind.Restart:
                Log($"SIGTERM {victim.Id}");
                outages.Begin(victim.Id);
                var orderly = await victim.StopAsync().ConfigureAwait(false);
                Log(orderly ? $"node {victim.Id} ended" : $"node {victim.Id} had to be killed");
                await PauseAsync(0, 2000, cancellation).ConfigureAwait(false);
                Start(victim, cancellation);
                break;
            case FaultKind.Suspend:
                await SuspendAsync(victim, () => PauseAsync(50, 7000, cancellation), cancellation).ConfigureAwait(false);
                break;
            case FaultKind.CutOff:
                await CutOffAsync(victim, cancellation).ConfigureAwait(false);
                break;
            case FaultKind.Split:
                await SplitAsync(victim, cancellation).ConfigureAwait(false);
                break;
            case FaultKind.SuspendTwoLeaders:
                await SuspendAsync(victim, () => NextLeaderFailsAsync(victim, cancellation), cancellation).ConfigureAwait(false);
                break;
            case FaultKind.CrashTwo:
                await CrashAsync([victim, Other(victim)], 0, 4000, cancellation).ConfigureAwait(false);
                break;
            case FaultKind.CrashAll:
                await CrashAsync([.. cluster.Nodes.OrderBy(_ => random.Next())], 0, 1500, cancellation).ConfigureAwait(false);
                break;
            case FaultKind.LongAbsence:
                await CrashAsync([victim], 15000, 25000, cancellation).ConfigureAwait(false);
                break;
            default:
                throw new InvalidOperationException($"{kind}");
        }
    }

    private async Task CrashAsync(MfsHaNode[] victims, int from, int until, CancellationToken cancellation)
    {
        Log($"SIGKILL {string.Join(' ', victims.Select(static v => v.Id))}");
        await Task.WhenAll(victims.Where(static v => v.IsRunning).Select(victim =>
        {
            outages.Begin(victim.Id);
            return victim.CrashAsync();
        })).ConfigureAwait(false);
        await PauseAsync(from, until, cancellation).ConfigureAwait(false);
        foreach (var victim in victims)
        {
            Start(victim, cancellation);
        }
    }

    private async Task SuspendAsync(MfsHaNode victim, Func<Task> meanwhile, CancellationToken cancellation)
    {
        Log($"SIGSTOP {victim.Id}");
        outages.Begin(victim.Id);
        victim.Suspend();
        await meanwhile().ConfigureAwait(false);
        Log($"SIGCONT {victim.Id}");
        victim.Resume();
        Watch(victim, cancellation);
    }

    private async Task NextLeaderFailsAsync(MfsHaNode first, CancellationToken cancellation)
    {
        await PauseAsync(400, 1500, cancellation).ConfigureAwait(false);
        var next = Other(first);
        if (random.Next(2) == 0)
        {
            await CrashAsync([next], 0, 1500, cancellation).ConfigureAwait(false);
        }
        else
        {
            await SuspendAsync(next, () => PauseAsync(50, 1500, cancellation), cancellation).ConfigureAwait(false);
        }
    }

    private async Task CutOffAsync(MfsHaNode victim, CancellationToken cancellation)
    {
        Log($"cut off {victim.Id}");
        outages.Begin(victim.Id);
        await victim.Host.CutOffAsync(cancellation).ConfigureAwait(false);
        await PauseAsync(100, 7000, cancellation).ConfigureAwait(false);
        await victim.Host.ReconnectAsync(cancellation).ConfigureAwait(false);
        Log($"reconnected {victim.Id}");
        Watch(victim, cancellation);
    }

    // The victim drops what it would send to one other node: their link is dead in both directions, for everything else it is alive.
    private async Task SplitAsync(MfsHaNode victim, CancellationToken cancellation)
    {
        var other = Other(victim);
        string[] route = [$"{other.Host.Address}/32"];
        Log($"split {victim.Id} from {other.Id}");
        outages.Begin(victim.Id);
        // If one of them leads, clients of the other have to wait.
        outages.Begin(other.Id, votes: true);
        await Command.RunAsync(["ip", "-n", victim.Host.Namespace.Name, "route", "add", "blackhole", .. route], cancellation).ConfigureAwait(false);
        await PauseAsync(100, 7000, cancellation).ConfigureAwait(false);
        await Command.RunAsync(["ip", "-n", victim.Host.Namespace.Name, "route", "del", "blackhole", .. route], cancellation).ConfigureAwait(false);
        Log($"joined {victim.Id} and {other.Id}");
        Watch(victim, cancellation);
        Watch(other, cancellation);
    }

    private void Start(MfsHaNode node, CancellationToken cancellation)
    {
        if (!node.IsRunning)
        {
            Log($"start {node.Id}");
            node.Start();
        }
        Watch(node, cancellation);
    }

    private void Watch(MfsHaNode node, CancellationToken cancellation)
    {
        watches.RemoveAll(static watch => watch.IsCompletedSuccessfully);
        watches.Add(WatchAsync());

        async Task WatchAsync()
        {
            // A later fault of the same node begins its own watch.
            var process = node.Process;
            while (!await node.IsReadyAsync(cancellation).ConfigureAwait(false))
            {
                if (process != node.Process || !node.IsRunning)
                {
                    return;
                }
                await Task.Delay(50, cancellation).ConfigureAwait(false);
            }
            outages.End(node.Id);
            Log($"node {node.Id} is ready");
        }
    }

    private MfsHaNode Any() => cluster.Nodes[random.Next(cluster.Nodes.Count)];

    private MfsHaNode Other(MfsHaNode than)
    {
        var others = cluster.Nodes.Where(node => node != than).ToArray();
        return others[random.Next(others.Length)];
    }

    // Who leads is not the seed's to say: a replay of a seed has the same kinds and times, not always the same victims.
    private async Task<MfsHaNode> LeaderAsync(CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(3));
            return await cluster.LeaderOfAsync(shards == 1 ? 0 : random.Next(shards), limit.Token).ConfigureAwait(false) ?? Any();
        }
        catch (Exception e) when (e is CommandException or InvalidOperationException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return Any();
        }
    }

    private Task PauseAsync(int from, int until, CancellationToken cancellation) => Task.Delay(random.Next(from, until + 1), cancellation);

    private void Log(string text) => journal.Fault(string.Create(CultureInfo.InvariantCulture, $"{text}"));
}

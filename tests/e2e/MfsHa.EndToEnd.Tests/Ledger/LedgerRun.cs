using System.Globalization;
using System.Text;
using MfsHa.EndToEnd.Tests.Ledger.Checks;
using MfsHa.EndToEnd.Tests.Ledger.Clients;
using MfsHa.EndToEnd.Tests.Ledger.Faults;
using MfsHa.EndToEnd.Tests.Ledger.Storm;
using MfsHa.Testbed.Deployments;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Ledger;

/// <summary>Clients that keep a ledger, on a running cluster; afterwards the cluster is compared with the ledger.</summary>
internal sealed partial class LedgerRun
{
    private const int HistoryLines = 60;
    private const double Restlessness = 0.1;

    private static readonly TimeSpan MountPause = TimeSpan.FromMilliseconds(20);

    /// <summary>A client whose node and a majority were there may wait so long at most; what is usual is measured by the benchmark.</summary>
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(10);

    /// <summary>mfsmount notices a dead connection after 10 s, and its retries are seconds apart by then.</summary>
    private static readonly TimeSpan MountStallLimit = TimeSpan.FromSeconds(25);

    /// <summary>After the last fault every call must end.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(150);

    private readonly Deployment deployment;
    private readonly int seed;
    private readonly List<Worker> workers = [];
    private readonly List<RawSession> sessions = [];
    private readonly List<Host> hosts = [];

    private LedgerRun(Deployment deployment, int seed)
    {
        this.deployment = deployment;
        this.seed = seed;
        Outages = new Outages(deployment.Cluster.Nodes.Count, () => Journal.Now);
    }

    public Journal Journal { get; } = new();

    public Outages Outages { get; }

    public int Acknowledged => workers.Sum(static worker => worker.Acknowledged) + StormWorkers.Sum(static worker => worker.Acknowledged);

    private IEnumerable<LedgerFailure?> Failures => [.. workers.Select(static worker => worker.Failure), .. StormWorkers.Select(static worker => worker.Failure)];

    /// <summary>Prepares workers: two on every mount, and some that speak packets and roam.</summary>
    public static async Task<LedgerRun> CreateAsync(Deployment deployment, int seed, int roaming, CancellationToken cancellation)
    {
        var run = new LedgerRun(deployment, seed);
        var nodes = deployment.Cluster.Nodes;
        var eyes = deployment.Mounts.Select((_, index) => run.Application(index)).ToArray();
        List<ILedgerClient> roamers = [];
        for (var number = 0; number < roaming; number++)
        {
            var host = await deployment.Environment.Network.AddHostAsync($"roamer{number}", cancellation).ConfigureAwait(false);
            roamers.Add(run.Roamer(host, number));
        }
        for (var number = 0; number < eyes.Length * 2; number++)
        {
            var mount = number % eyes.Length;
            run.Add(run.Application(mount), [.. eyes.Where((_, index) => index != mount)], MountPause);
        }
        foreach (var roamer in roamers)
        {
            run.Add(roamer, [.. roamers.Where(r => r != roamer)], TimeSpan.FromMilliseconds(5));
        }
        return run;
    }

    /// <summary>Lets everybody work while <paramref name="faults"/> runs; returns when both are done and no call is open.</summary>
    public async Task WorkAsync(TimeSpan duration, Func<CancellationToken, Task> faults, CancellationToken cancellation)
    {
        using var timeOver = new CancellationTokenSource();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var workEnd = new CancellationTokenSource();
        Task[] working =
        [
            .. workers.Select(worker => Task.Run(() => worker.RunAsync(workEnd.Token, ended.Token), cancellation)),
            .. StormWorkers.Select(worker => Task.Run(() => worker.RunAsync(workEnd.Token, ended.Token), cancellation)),
        ];
        timeOver.CancelAfter(duration);
        var injecting = faults(timeOver.Token);
        while (!injecting.IsCompleted && !timeOver.IsCancellationRequested)
        {
            if (Failures.Any(static failure => failure is not null) || working.Any(static work => work.IsFaulted))
            {
                await timeOver.CancelAsync().ConfigureAwait(false);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation).ConfigureAwait(false);
        }
        await injecting.ConfigureAwait(false);
        await workEnd.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(working).WaitAsync(EndLimit, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new LedgerStallException(Report(new LedgerFailure("", "", $"{working.Count(static w => !w.IsCompleted)} workers are stuck {EndLimit.TotalSeconds:0} s after the last fault")));
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Everything acknowledged is there, nothing is half, all replicas agree.</summary>
    /// <exception cref="LedgerException">Something is not as it must be.</exception>
    /// <exception cref="LedgerStallException">It is, but somebody waited too long.</exception>
    public async Task VerifyAsync(CancellationToken cancellation)
    {
        foreach (var failure in Failures)
        {
            Throw(failure);
        }
        if (FirstStall() is { } stall)
        {
            throw new LedgerStallException(Report(stall));
        }
        await deployment.AddMountAsync(cancellation: cancellation).ConfigureAwait(false);
        var reader = Application(deployment.Mounts.Count - 1);
        Throw(TreeCheck.CompareNames(
            await reader.ListAsync("", cancellation).ConfigureAwait(false), [.. workers.Select(static w => w.Home), .. storm is null ? [] : new[] { StormArea.Root }]) is { } names
            ? new LedgerFailure("", "", $"root: {names}") : null);
        foreach (var worker in workers)
        {
            Throw(TreeCheck.CompareNames(
                await reader.ListAsync(worker.Home, cancellation).ConfigureAwait(false), [.. worker.Folders.Select(static f => Path.GetFileName(f.Path))]) is { } folders
                ? new LedgerFailure(worker.Home, "", folders) : null);
            foreach (var folder in worker.Folders)
            {
                Throw(await CompareAsync(reader, folder, cancellation).ConfigureAwait(false));
            }
        }
        Throw(storm is not null && await new StormCheck(reader).RunAsync(storm.Area, storm.Workers, cancellation).ConfigureAwait(false) is { } wrong
            ? new LedgerFailure(StormArea.Root, wrong.Name, wrong.Text) : null);
        await CompareReplicasAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>All replicas of all groups have equal checksums.</summary>
    public async Task CompareReplicasAsync(CancellationToken cancellation)
    {
        var check = await deployment.Cluster.TryAdminAsync(deployment.Cluster.Nodes[0], ["consistency-check"], cancellation).ConfigureAwait(false);
        const int Differ = 1;
        var said = new LedgerFailure("", "", $"consistency-check: exit code {check.ExitCode}\n{check.Output}{check.Error}");
        Throw(check.ExitCode == Differ ? said : null);
        if (check.ExitCode != 0)
        {
            throw new LedgerStallException(Report(said));
        }
    }

    /// <summary>Numbers for the log of the test.</summary>
    public string Summary()
    {
        var longest = Journal.Entries.Where(static e => e.End is not null).MaxBy(static e => e.End - e.Begin);
        var unknown = workers.Sum(static worker => worker.Folders.Count(static folder => folder.IsClosed));
        var servable = Journal.Entries.Where(static e => e.End is not null).Select(e => Outages.ServableTime(NodeOf(e.Who), e.Begin, e.End!.Value)).DefaultIfEmpty().Max();
        return string.Create(CultureInfo.InvariantCulture,
            $"ledger seed {seed}: {Acknowledged} changes acknowledged, {unknown} unknown, {Journal.Faults.Count()} fault events, {sessions.Sum(static s => s.Reconnects)} sessions moved, longest call {longest?.End - longest?.Begin:g}, longest with a majority and its node up {servable:g}")
            + (storm is null ? "" : $"; {storm.Summary()}");
    }

    /// <summary>Keeps the ledger and the logs of the nodes.</summary>
    public string Keep()
    {
        var target = Directory.CreateDirectory(Path.Combine(
            Environment.GetEnvironmentVariable("MFSHA_LEDGER_ARTIFACTS") ?? Path.Combine(Path.GetTempPath(), "mfsha-ledger"),
            string.Create(CultureInfo.InvariantCulture, $"seed-{seed}-{DateTime.UtcNow:yyyyMMdd-HHmmss}"))).FullName;
        Journal.WriteTo(Path.Combine(target, "ledger.txt"));
        foreach (var log in Directory.GetFiles(deployment.Environment.Folder, "*.log"))
        {
            File.Copy(log, Path.Combine(target, Path.GetFileName(log)), overwrite: true);
        }
        return target;
    }

    private MountClient Application(int mount)
        => new(deployment.Mounts[mount], deployment.Cluster.Nodes[mount % deployment.Cluster.Nodes.Count].Id, deployment.Environment.Own(new FileAgentProcess()));

    private RoamingClient Roamer(Host host, int number)
    {
        hosts.Add(host);
        return new RoamingClient($"roamer{number}", Session(host, number));
    }

    private RawSession Session(Host host, int number)
    {
        var session = new RawSession(host, deployment.Cluster.Endpoints, number, new Random(seed + 1000 + number)) { Restlessness = Restlessness };
        sessions.Add(session);
        return session;
    }

    private void Add(ILedgerClient client, IReadOnlyList<ILedgerClient> witnesses, TimeSpan pause)
        => workers.Add(new Worker(workers.Count, client, witnesses.Count > 0 ? witnesses : [client], Journal, seed + workers.Count, pause));

    private int? NodeOf(string client) => deployment.Mounts.Select(static (mount, index) => (mount, index))
        .Where(m => Path.GetFileName(m.mount.Path) == client)
        .Select(m => (int?)deployment.Cluster.Nodes[m.index % deployment.Cluster.Nodes.Count].Id).FirstOrDefault();

    private LedgerFailure? FirstStall()
    {
        foreach (var entry in Journal.Entries)
        {
            var node = NodeOf(entry.Who);
            var end = entry.End ?? Journal.Now;
            var stall = Outages.ServableTime(node, entry.Begin, end);
            // A call that began while its node was out has mfsmount's own retries in it.
            var limit = node is not null && stall < end - entry.Begin ? MountStallLimit : StallLimit;
            if (stall > limit)
            {
                return new LedgerFailure(entry.Folder, entry.Paths.Count > 0 ? entry.Paths[0] : "", $"{entry} waited {stall.TotalSeconds:0.0} s although it could have been served");
            }
        }
        return null;
    }

    private static async Task<LedgerFailure?> CompareAsync(ILedgerClient reader, WorkFolder folder, CancellationToken cancellation)
    {
        var partial = folder.Unknown is { Step.IsData: true } data ? (data.After, data.Step.Paths[0]) : ((Tree, string)?)null;
        var difference = await TreeCheck.CompareAsync(reader, folder.Path, folder.Tree, partial, cancellation).ConfigureAwait(false);
        if (difference is not { } found)
        {
            return null;
        }
        if (folder.Unknown is { } unknown)
        {
            var other = await TreeCheck.CompareAsync(reader, folder.Path, unknown.After, null, cancellation).ConfigureAwait(false);
            return other is null ? null : new LedgerFailure(folder.Path, found.Path, $"neither as without {unknown.Step} ({found.Difference}) nor as with it ({other.Value.Path} {other.Value.Difference})");
        }
        return new LedgerFailure(folder.Path, found.Path, $"{found.Path} {found.Difference}");
    }

    private void Throw(LedgerFailure? failure)
    {
        if (failure is not null)
        {
            throw new LedgerException(Report(failure));
        }
    }

    private string Report(LedgerFailure failure)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{failure.Folder}: {failure.Text}");
        text.AppendLine(Summary());
        text.AppendLine(CultureInfo.InvariantCulture, $"again: MFSHA_LEDGER_SEED={seed}; ledger and logs: {Keep()}");
        text.AppendLine("history of the file:");
        foreach (var entry in Journal.HistoryOf(failure.Folder, failure.Path).TakeLast(HistoryLines))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {entry}");
        }
        text.AppendLine("schedule of faults:");
        foreach (var fault in Journal.Faults)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {fault.Begin.TotalSeconds,9:0.000} {fault.Text}");
        }
        return text.ToString();
    }
}

using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;
using MfsHa.Node.Daemon;

namespace MfsHa.Node.Commands;

/// <summary>Carries out one action of the command line.</summary>
internal sealed class ActionRunner(string? file, bool foreground, TimeSpan lockTimeout, CreateNodeHost createHost, FormationRequest? formation = null)
{
    public async Task<int> RunAsync(NodeAction action, CancellationToken cancellation)
    {
        try
        {
            using PipeReport? daemon = PipeReport.FromEnvironment();
            if (daemon is not null)
            {
                return await RunNodeAsync(daemon, isDaemon: true).ConfigureAwait(false);
            }

            if (action is NodeAction.Start or NodeAction.Restart or NodeAction.Reload)
            {
                // Refused here already, so that nothing is stopped for a start that would fail.
                _ = Load();
            }

            var control = new NodeControl(
                ConfigurationReader.LoadDataPath(file, Environment.GetEnvironmentVariable), Console.Error, TimeProvider.System);
            switch (action)
            {
                case NodeAction.Start:
                    return await StartAsync(cancellation).ConfigureAwait(false);
                case NodeAction.Restart:
                    int stopped = await control.StopAsync(lockTimeout, cancellation).ConfigureAwait(false);
                    return stopped == ExitCode.Done ? await StartAsync(cancellation).ConfigureAwait(false) : stopped;
                case NodeAction.Stop:
                    return await control.StopAsync(lockTimeout, cancellation).ConfigureAwait(false);
                case NodeAction.Reload:
                    return await control.ReloadAsync(cancellation).ConfigureAwait(false);
                case NodeAction.Info:
                    return await control.DescribeAsync(Console.Out, cancellation).ConfigureAwait(false);
                case NodeAction.Test:
                    await CheckFileAsync().ConfigureAwait(false);
                    return await control.TestAsync(cancellation).ConfigureAwait(false);
                default:
                    throw new ArgumentOutOfRangeException(nameof(action));
            }
        }
        catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException or FormationException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private LoadedConfiguration Load()
    {
        LoadedConfiguration loaded = ConfigurationReader.Load(file, ImpliedNodeId.Environment(file, formation?.NodeId));
        return formation is null || formation.NodeId == loaded.Node.NodeId
            ? loaded
            : throw new FormationException($"--node-id is {formation.NodeId}, but this is node {loaded.Node.NodeId} ({loaded.Values.OriginOf(ClusterKeys.NodeId)}: MFSHA_NODE_ID)");
    }

    // Once the directory is this process's: what it holds, and what the cluster says, is looked at then.
    private async Task PrepareAsync(LoadedConfiguration configuration, bool isDaemon)
    {
        await new ReplicaRebuild(configuration, isDaemon, TimeProvider.System).RunAsync(CancellationToken.None).ConfigureAwait(false);
        if (formation is not null)
        {
            (await new FormationPlan(formation, configuration, TimeProvider.System).MakeAsync(CancellationToken.None).ConfigureAwait(false)).Store(configuration.Node.DataPath);
        }
    }

    /// <summary>A node that runs goes on with a broken file until it is started again: better to hear of that now.</summary>
    private async Task CheckFileAsync()
    {
        try
        {
            foreach (string warning in Load().Warnings)
            {
                await Console.Error.WriteLineAsync(warning).ConfigureAwait(false);
            }
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
        }
    }

    private async Task<int> StartAsync(CancellationToken cancellation)
    {
        FormationPlan? plan = formation is null ? null : new FormationPlan(formation, Load(), TimeProvider.System);
        if (plan is not null)
        {
            _ = await plan.MakeAsync(cancellation).ConfigureAwait(false);
        }

        if (foreground)
        {
            return await RunNodeAsync(new ConsoleReport(Console.Error), isDaemon: false).ConfigureAwait(false);
        }

        bool ready = await DetachedProcess.StartAsync(Console.Error, cancellation).ConfigureAwait(false);
        if (ready && formation is { Peer: not null })
        {
            await new FormationWait(plan!, (uint)formation.NodeId, Console.Out, TimeProvider.System).RunAsync(cancellation).ConfigureAwait(false);
        }

        return ready ? ExitCode.Done : ExitCode.Failed;
    }

    private Task<int> RunNodeAsync(IStartReport report, bool isDaemon) =>
        new NodeProcess(Load, createHost, report, isDaemon, TimeProvider.System) { Prepare = configuration => PrepareAsync(configuration, isDaemon) }.RunAsync();
}

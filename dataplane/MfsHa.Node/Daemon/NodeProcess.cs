using MfsHa.Node.Commands;
using MfsHa.Node.Configuration;
using MfsHa.Node.Exports;
using MfsHa.Node.Logging;
using MfsHa.Node.Posix;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Daemon;

/// <summary>
/// One run of a node, from the configuration to the end of the process. SIGTERM (and SIGINT in the foreground) stops it, SIGHUP reloads, SIGUSR1 writes
/// <see cref="InfoFileName"/>.
/// </summary>
public sealed partial class NodeProcess
{
    /// <summary>File in the data directory with the node's state, written on SIGUSR1.</summary>
    public const string InfoFileName = ".mfsha_info.txt";

    /// <summary>Time for an orderly stop; then the process ends without.</summary>
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _infoLimit = TimeSpan.FromSeconds(3);

    private readonly Func<LoadedConfiguration> _load;
    private readonly CreateNodeHost _createHost;
    private readonly IStartReport _report;
    private readonly bool _isDaemon;
    private readonly TimeProvider _time;

    /// <param name="load">Reads the configuration; called again for a reload.</param>
    /// <param name="createHost">Makes what runs.</param>
    /// <param name="report">Who waits for the start.</param>
    /// <param name="isDaemon">True: no terminal; logs go to the file only and SIGINT is not for it.</param>
    /// <param name="time">The clock.</param>
    public NodeProcess(Func<LoadedConfiguration> load, CreateNodeHost createHost, IStartReport report, bool isDaemon, TimeProvider time)
    {
        _load = load;
        _createHost = createHost;
        _report = report;
        _isDaemon = isDaemon;
        _time = time;
    }

    /// <summary>What is done once the data directory belongs to this process, before anything in it is opened.</summary>
    public Func<LoadedConfiguration, Task> Prepare { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Runs the node until it is told to stop or fails. Returns the process's exit code.</summary>
    public async Task<int> RunAsync()
    {
        try
        {
            LoadedConfiguration configuration = _load();
            Privileges.Apply(configuration.Node, _report);
            using LockFile? held = await LockFile.TryAcquireAsync(configuration.Node.DataPath, CancellationToken.None).ConfigureAwait(false);
            if (held is null)
            {
                _report.Message($"a node is running in {configuration.Node.DataPath} already (process {LockFile.FindOwner(configuration.Node.DataPath)})");
                return ExitCode.Failed;
            }

            await Prepare(configuration).ConfigureAwait(false);
            using NodeLog log = NodeLog.Open(configuration.Node.Log, configuration.Node.Process.Identity, console: !_isDaemon, _time);
            ILogger logger = log.Factory.CreateLogger<NodeProcess>();
            try
            {
                return await RunHostAsync(configuration, log, logger).ConfigureAwait(false);
            }
            catch (ConfigurationException e)
            {
                Log.Refused(logger, e.Message);
                ReportFailure(e);
                return ExitCode.Failed;
            }
            catch (Exception e)
            {
                // The edge of the process: whatever it is, it must be in the log.
                Log.Failed(logger, e);
                ReportFailure(e);
                return ExitCode.Failed;
            }
        }
        catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException or FormationException)
        {
            _report.Message(e.Message);
            return ExitCode.Failed;
        }
    }

    // In the foreground the log is on the terminal already.
    private void ReportFailure(Exception e)
    {
        if (_isDaemon)
        {
            _report.Message(e.Message);
        }
    }

    private async Task<int> RunHostAsync(LoadedConfiguration configuration, NodeLog log, ILogger logger)
    {
        foreach (string warning in configuration.Warnings)
        {
            Log.Warning(logger, warning);
            if (_isDaemon)
            {
                _report.Message(warning);
            }
        }

        ExportsFile exports = ExportsFile.Open(configuration.Node.FileSystem.ExportsFile, UserDatabase.Instance);
        Report(logger, exports.Table);
        using var signals = new NodeSignals(_isDaemon);
        var environment = new NodeEnvironment(configuration, exports, log.Factory, _time);
        INodeHost host = _createHost(environment);
        await using var end = new BoundedEnd(host, _stopLimit, _time, () => Log.EndGivenUp(logger, _stopLimit));
        Log.Starting(logger, configuration.Node.NodeId, typeof(NodeProcess).Assembly.GetName().Version!.ToString(3), configuration.Node.DataPath);
        try
        {
            await host.StartAsync(signals.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            Log.Stopping(logger);
            return ExitCode.Failed;
        }

        Log.Started(logger);
        _report.Ready();
        var reloader = new Reloader(_load, environment.Running, exports, log, host, logger);
        environment.Running.Offer(reloader.ReloadAsync);
        if (environment.Running.ClusterOptions.Count > 0)
        {
            await reloader.ReloadAsync(signals.Stopping).ConfigureAwait(false);
        }

        int exitCode = await ServeAsync(host, signals, reloader, logger).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_stopLimit, _time);
        await host.StopAsync(limit.Token).ConfigureAwait(false);
        Log.Stopped(logger);
        return exitCode;
    }

    private static async Task<int> ServeAsync(INodeHost host, NodeSignals signals, Reloader reloader, ILogger logger)
    {
        while (true)
        {
            Task<NodeRequest> request = signals.NextAsync();
            if (await Task.WhenAny(request, host.Failure).ConfigureAwait(false) == host.Failure)
            {
                Log.HostFailed(logger, host.Failure.Exception?.GetBaseException());
                return ExitCode.Failed;
            }

            switch (await request.ConfigureAwait(false))
            {
                case NodeRequest.Stop:
                    Log.Stopping(logger);
                    return ExitCode.Done;
                case NodeRequest.Reload:
                    await reloader.ReloadAsync(signals.Stopping).ConfigureAwait(false);
                    break;
                case NodeRequest.Describe:
                    await DescribeAsync(host, reloader.Current, logger, signals.Stopping).ConfigureAwait(false);
                    break;
                default:
                    throw new InvalidOperationException("unknown request");
            }
        }
    }

    private static async Task DescribeAsync(INodeHost host, LoadedConfiguration configuration, ILogger logger, CancellationToken stopping)
    {
        string path = Path.Combine(configuration.Node.DataPath, InfoFileName);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(_infoLimit);
            var text = new StringWriter { NewLine = "\n" };
            await text.WriteLineAsync("[node]").ConfigureAwait(false);
            await host.DescribeAsync(text, limit.Token).ConfigureAwait(false);
            await text.WriteLineAsync().ConfigureAwait(false);
            await text.WriteLineAsync("[configuration]").ConfigureAwait(false);
            configuration.Values.WriteTo(text);
            await File.WriteAllTextAsync(path + ".tmp", text.ToString(), limit.Token).ConfigureAwait(false);
            File.Move(path + ".tmp", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            Log.NoInfo(logger, path, e);
        }
    }

    internal static void Report(ILogger logger, ExportTable table)
    {
        foreach (ExportsIssue issue in table.Issues)
        {
            Log.Exports(logger, issue.ToString());
        }

        Log.ExportsLoaded(logger, table.Rules.Length, table.Checksum);
    }
}

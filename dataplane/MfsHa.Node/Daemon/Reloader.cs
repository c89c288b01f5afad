using System.Diagnostics.CodeAnalysis;
using MfsHa.Node.Configuration;
using MfsHa.Node.Exports;
using MfsHa.Node.Logging;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Daemon;

/// <summary>Takes over changed configuration and exports while the node runs. What is wrong is logged, and the old stays in force.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose handle nobody takes holds memory only.")]
internal sealed partial class Reloader(
    Func<LoadedConfiguration> load, RunningConfiguration running, ExportsFile exports, NodeLog log, INodeHost host, ILogger logger)
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>The configuration in force.</summary>
    public LoadedConfiguration Current => running.Current;

    /// <summary>Signals and administrators come here; one after the other.</summary>
    public async Task<ReloadOutcome> ReloadAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await ReadAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<ReloadOutcome> ReadAsync(CancellationToken cancellation)
    {
        var changed = new List<string>();
        var waiting = new List<string>();
        try
        {
            LoadedConfiguration next = load().WithClusterOptions(running.ClusterOptions);
            foreach (string warning in next.Warnings)
            {
                Log.Warning(logger, warning);
            }

            foreach (ConfigurationKey key in Current.Values.DifferencesTo(next.Values))
            {
                if (key.Reload == ReloadClass.Reload)
                {
                    changed.Add(key.Name);
                    Log.Changed(logger, key.Name, next.Values.TextOf(key.Name)!);
                }
                else
                {
                    waiting.Add(key.Name);
                    Log.NeedsRestart(logger, key.Name, Current.Values.TextOf(key.Name)!, key.Reload == ReloadClass.Restart ? "restart" : "new cluster");
                }
            }

            LoadedConfiguration merged = Current.WithReloadable(next);
            NodeProcess.Report(logger, exports.Reload(merged.Node.FileSystem.ExportsFile));
            await host.ReloadAsync(merged.Node, cancellation).ConfigureAwait(false);
            running.Current = merged;
            log.Reload(merged.Node.Log);
            Log.Done(logger);
            return new ReloadOutcome(changed, waiting, null);
        }
        catch (ConfigurationException e)
        {
            Log.Refused(logger, e.Message);
            return ReloadOutcome.Refused(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(logger, e);
            return ReloadOutcome.Refused(e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "{Key} is now {Value}")]
        public static partial void Changed(ILogger logger, string key, string value);

        [LoggerMessage(21, LogLevel.Warning, "{Key} stays {Value}: a change needs a {What}")]
        public static partial void NeedsRestart(ILogger logger, string key, string value, string what);

        [LoggerMessage(22, LogLevel.Error, "reload refused, nothing was changed: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(23, LogLevel.Error, "reload failed")]
        public static partial void Failed(ILogger logger, Exception reason);

        [LoggerMessage(24, LogLevel.Information, "reloaded")]
        public static partial void Done(ILogger logger);

        [LoggerMessage(25, LogLevel.Warning, "configuration: {Warning}")]
        public static partial void Warning(ILogger logger, string warning);
    }
}

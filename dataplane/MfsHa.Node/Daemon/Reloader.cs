using MfsHa.Node.Configuration;
using MfsHa.Node.Exports;
using MfsHa.Node.Logging;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Daemon;

/// <summary>Takes over changed configuration and exports while the node runs. What is wrong is logged, and the old stays in force.</summary>
internal sealed partial class Reloader(
    Func<LoadedConfiguration> load, LoadedConfiguration first, ExportsFile exports, NodeLog log, INodeHost host, ILogger logger)
{
    /// <summary>The configuration in force.</summary>
    public LoadedConfiguration Current { get; private set; } = first;

    public async Task ReloadAsync(CancellationToken cancellation)
    {
        try
        {
            LoadedConfiguration next = load();
            foreach (string warning in next.Warnings)
            {
                Log.Warning(logger, warning);
            }

            foreach (ConfigurationKey key in Current.Values.DifferencesTo(next.Values))
            {
                if (key.Reload == ReloadClass.Reload)
                {
                    Log.Changed(logger, key.Name, next.Values.TextOf(key.Name)!);
                }
                else
                {
                    Log.NeedsRestart(logger, key.Name, Current.Values.TextOf(key.Name)!, key.Reload == ReloadClass.Restart ? "restart" : "new cluster");
                }
            }

            LoadedConfiguration merged = Current.WithReloadable(next);
            NodeProcess.Report(logger, exports.Reload(merged.Node.FileSystem.ExportsFile));
            await host.ReloadAsync(merged.Node, cancellation).ConfigureAwait(false);
            Current = merged;
            log.Reload(merged.Node.Log);
            Log.Done(logger);
        }
        catch (ConfigurationException e)
        {
            Log.Refused(logger, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(logger, e);
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

using MfsHa.Gateway;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.State;
using MfsHa.Node.Configuration;
using MfsHa.Protocol;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Hosting;

/// <summary>
/// Puts the options of the configuration file that decide what commands do into the cluster's state, where all replicas have the same: at the start of a node and
/// at a reload. All nodes have the same options in their files; while they differ, those that were read last count.
/// </summary>
internal sealed partial class NamespaceSettings(ClusterCalls cluster, ILogger<NamespaceSettings> logger, CancellationToken stopping)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Settings? wanted;
    private Task running = Task.CompletedTask;

    /// <summary>What the file says, as the state machine has it.</summary>
    public static Settings From(FileSystemConfiguration file) => new()
    {
        MaxHardLinks = (uint)file.MaxHardLinks,
        InodeReuseDelay = (uint)file.InodeReuseDelay.TotalSeconds,
        KeepEmptyFilesInTrash = file.KeepEmptyFilesInTrash,
        AccessTimes = (AccessTimeMode)file.AccessTimeMode,
        QuotaGraceSeconds = (uint)file.QuotaGracePeriod.TotalSeconds,
    };

    /// <summary>Announces the options; tries until they are in force, or other ones are announced, or this node stops. Does not wait.</summary>
    public void Announce(FileSystemConfiguration file)
    {
        lock (gate)
        {
            wanted = From(file);
            running = RunAsync(running);
        }
    }

    private async Task RunAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        while (Take() is { } settings)
        {
            try
            {
                var reply = await cluster.ExecuteAsync(new ConfigureNamespace(settings), stopping).ConfigureAwait(false);
                if (reply.Status == StatusCode.Ok)
                {
                    Log.InForce(logger, settings);
                }
                else
                {
                    Log.NotTaken(logger, settings, reply.Status);
                }

                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Later(logger, e.Message);
                PutBack(settings);
                await Task.Delay(Pause, stopping).ConfigureAwait(false);
            }
        }
    }

    private Settings? Take()
    {
        lock (gate)
        {
            var taken = wanted;
            wanted = null;
            return taken;
        }
    }

    private void PutBack(Settings settings)
    {
        lock (gate)
        {
            wanted ??= settings;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5, LogLevel.Debug, "in force: {Settings}")]
        public static partial void InForce(ILogger logger, Settings settings);

        [LoggerMessage(7, LogLevel.Debug, "the options of the namespace are announced later: {Reason}")]
        public static partial void Later(ILogger logger, string reason);

        [LoggerMessage(6, LogLevel.Error, "{Settings} were not taken: {Status}")]
        public static partial void NotTaken(ILogger logger, Settings settings, StatusCode status);
    }
}

using System.Diagnostics.CodeAnalysis;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Exports;

/// <summary>
/// Tells the cluster which exports are in force, at the start and after a change: sessions that were granted under others must register anew wherever they
/// reconnect (client-protocol 2.4). All nodes have the same mfsexports.cfg; while they differ, the one that was read last counts.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing.")]
internal sealed partial class ExportsAnnouncement(ClusterCalls cluster, IExports exports, ILogger<ExportsAnnouncement> logger, CancellationToken stopping)
{
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Announces the exports of now unless they are known; tries until that has happened, or this node stops.</summary>
    public async Task RunAsync()
    {
        await turn.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            var checksum = exports.Checksum;
            var known = await KnownAsync().ConfigureAwait(false);
            if (known == checksum)
            {
                return;
            }

            var set = new SetExports(new ExportsRecord(checksum, [])) { Token = ClusterCalls.NewToken() };
            var reply = await cluster.ExecutePersistentlyAsync(set, stopping).ConfigureAwait(false);
            if (reply.Status != StatusCode.Ok)
            {
                Log.NotAnnounced(logger, checksum, reply.Status);
            }
            else if (known != 0)
            {
                Log.Replaced(logger, checksum, known);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<ulong> KnownAsync()
    {
        while (true)
        {
            try
            {
                return await cluster.ExecuteAsync(new GetExports(), stopping).ConfigureAwait(false) is ExportsReply reply ? reply.Exports.Checksum : 0;
            }
            catch (TimeoutException)
            {
                stopping.ThrowIfCancellationRequested();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(660, LogLevel.Information, "exports {Checksum:X16} are in force instead of {Before:X16}: sessions register anew when they reconnect")]
        public static partial void Replaced(ILogger logger, ulong checksum, ulong before);

        [LoggerMessage(661, LogLevel.Warning, "exports {Checksum:X16} were not taken: {Status}")]
        public static partial void NotAnnounced(ILogger logger, ulong checksum, StatusCode status);
    }
}

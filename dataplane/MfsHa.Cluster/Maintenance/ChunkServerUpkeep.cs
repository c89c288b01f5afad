using MfsHa.Cluster.Chunks.Care;
using MfsHa.Cluster.Routing;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Maintenance;

/// <summary>
/// What time does to the known chunkservers, at the leader of the system group: maintenance ends, and those that are away for longer than
/// CS_DAYS_TO_REMOVE_UNUSED are forgotten (`mfsmaster/csdb.c: csdb_remove_unused`).
/// </summary>
public sealed class ChunkServerUpkeep(IMetadataCluster cluster, CarePaceSource pace, TimeProvider clock)
{
    /// <summary>One pass.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        if (await cluster.ExecuteAsync(new ListChunkServers(), cancellation).ConfigureAwait(false) is not ChunkServersReply known)
        {
            return;
        }

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        foreach (var server in known.Servers.Where(s => s.Maintenance != MaintenanceMode.Off && s.MaintenanceUntil != 0 && s.MaintenanceUntil <= now))
        {
            await cluster.ExecuteAsync(new SetMaintenance(server.Id, MaintenanceMode.Off, 0), cancellation).ConfigureAwait(false);
        }

        var unused = (long)pace.Current.ForgetServersAfter.TotalSeconds;
        if (unused > 0 && known.Servers.Any(s => !s.IsConnected && s.Maintenance == MaintenanceMode.Off && s.Disconnected + unused < now))
        {
            await cluster.ExecuteAsync(new RemoveUnusedChunkServers((uint)unused), cancellation).ConfigureAwait(false);
        }
    }
}

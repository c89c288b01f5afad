using MfsHa.Cluster.Routing;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Replication.Locations;

namespace MfsHa.Cluster.Chunks.Care;

/// <summary>
/// The chunkservers that the system group knows, together with what they report. Refreshed by the care of copies at the leader of a shard; what it shows is as
/// old as the last refresh. Refreshed by one at a time; read by many.
/// </summary>
public sealed class ChunkServerBook(IMetadataCluster cluster, CopyMap copies, CarePaceSource pace, TimeProvider clock)
{
    private const byte Overloaded = 2;
    private const byte HighSpeedRebalance = 5;

    private readonly Dictionary<ushort, long> absentSince = [];
    private volatile ChunkServerRecord[] records = [];
    private volatile bool isKnown;

    /// <summary>Asks the system group; false when it does not answer.</summary>
    public async Task<bool> RefreshAsync(CancellationToken cancellation)
    {
        if (await cluster.ExecuteAsync(new ListChunkServers(), cancellation).ConfigureAwait(false) is not ChunkServersReply reply)
        {
            return false;
        }

        records = reply.Servers;
        isKnown = true;
        return true;
    }

    /// <summary>Forgets everything: this node was not leader for a while.</summary>
    public void Clear()
    {
        isKnown = false;
        records = [];
        absentSince.Clear();
    }

    /// <summary>True when a chunkserver is in maintenance, as far as known.</summary>
    public bool IsInMaintenance(ushort server) => Array.Exists(records, r => r.Id == server && r.Maintenance != MaintenanceMode.Off);

    /// <summary>True when every known chunkserver is connected and has said all that it has, so that a chunk without a copy is lost. False as long as nothing is known.</summary>
    public bool HasEverythingReported()
    {
        var seen = copies.All;
        return isKnown && records.Length > 0 && Array.TrueForAll(
            records,
            record => seen.Any(s => s.Incarnation.ChunkServerId == record.Id && s.Incarnation.Epoch == record.Epoch && s.IsComplete && copies.IsReachable(s)));
    }

    /// <summary>The chunkservers as they are now.</summary>
    public CareServers Look()
    {
        if (!isKnown)
        {
            return CareServers.None;
        }

        var grace = pace.Current.AbsenceGrace;
        var seen = copies.All.ToLookup(static s => s.Incarnation.ChunkServerId);
        var isSettled = true;
        var servers = new List<CareServer>(records.Length);
        foreach (var record in records)
        {
            var latest = seen[record.Id].MaxBy(static s => s.Incarnation.Epoch);
            var isCurrent = latest is not null && latest.Incarnation.Epoch == record.Epoch && record.IsConnected;
            var isConnected = isCurrent && copies.IsReachable(latest!);
            var isPresent = isConnected && latest!.IsComplete;
            // A record that is newer than what was seen, or the other way round: it registers, and the news are on their way.
            isSettled &= isPresent || !(isConnected || (record.IsConnected && !isCurrent) || (latest is not null && latest.Incarnation.Epoch > record.Epoch));
            servers.Add(new CareServer(record.Id)
            {
                Address = record.Address,
                Labels = latest?.Info.Labels ?? 0,
                TotalBytes = latest?.Info.TotalSpace ?? 0,
                UsedBytes = latest?.Info.UsedSpace ?? 0,
                IsPresent = isPresent,
                IsInMaintenance = record.Maintenance != MaintenanceMode.Off,
                IsGone = IsGone(record, isPresent, grace),
                IsOverloaded = latest?.Info.HeavyLoadStatus is Overloaded or HighSpeedRebalance,
                HasListing = seen[record.Id].Any(static s => s.IsComplete),
            });
        }

        return new CareServers(servers, isSettled);
    }

    /// <summary>Connections of chunkservers that were there when the system group did not know them any more.</summary>
    public IReadOnlyList<ChunkServerStatus> Unknown(IReadOnlyList<ChunkServerStatus> seenBefore) =>
        isKnown ? [.. seenBefore.Where(s => !Array.Exists(records, r => r.Id == s.Incarnation.ChunkServerId))] : [];

    private bool IsGone(ChunkServerRecord record, bool isPresent, TimeSpan grace)
    {
        if (isPresent)
        {
            absentSince.Remove(record.Id);
            return false;
        }

        if (!absentSince.TryGetValue(record.Id, out var since))
        {
            absentSince.Add(record.Id, since = clock.GetTimestamp());
        }

        return record.Maintenance == MaintenanceMode.Off && clock.GetElapsedTime(since) >= grace;
    }
}

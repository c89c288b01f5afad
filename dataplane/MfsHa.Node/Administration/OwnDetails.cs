using MfsHa.Admin.Contract;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Status;
using MfsHa.Security;

namespace MfsHa.Node.Administration;

/// <summary>What this node measures of itself, in the words of operations.proto.</summary>
internal static class OwnDetails
{
    /// <summary>All of it.</summary>
    /// <param name="host">The cluster layer.</param>
    /// <param name="tls">What is in force of certificates; null without TLS.</param>
    public static NodeDetails Of(ClusterHost host, TlsCredentials? tls)
    {
        NodeReport report = host.Status.Self();
        NodeFigures figures = host.Figures();
        var details = new NodeDetails
        {
            Node = report.Node,
            Online = true,
            Host = host.Nodes.Nodes.FirstOrDefault(n => n.Id.Value == report.Node)?.Host ?? "",
            Version = report.Version,
            Ready = report.Ready,
            UptimeMilliseconds = (ulong)figures.Uptime.TotalMilliseconds,
            Memory = MemoryOf(figures),
            Network = NetworkCounters.Read(),
            Crdt = new CrdtDetails
            {
                MergedDeltas = (ulong)figures.Merges.Merged,
                SupersededDeltas = (ulong)figures.Merges.Superseded,
                RaisedCounters = (ulong)figures.Merges.Raised,
                GrownSets = (ulong)figures.Merges.Ended,
                Chunks = (ulong)figures.Chunks,
            },
            Tls = tls is null ? null : TlsOf(tls),
        };
        details.Crdt.Clock.AddRange(figures.Clock.Select(static c => new StreamClock { Owner = c.Stream.ChunkServerId, Epoch = c.Stream.Epoch, Seen = (ulong)c.Seen }));
        details.Replicas.AddRange(figures.Replicas.OrderBy(static r => r.Group).Select(static r => new ReplicaDetails
        {
            Group = r.Group,
            Leader = r.Leadership.Leader.Value,
            Term = (ulong)r.Leadership.Term,
            Leads = r.Leadership.IsReady,
            Applied = (ulong)r.Applied,
            Committed = (ulong)r.Extent.Committed,
            Last = (ulong)r.Extent.Last,
            Reads = (ulong)r.Counters.Questions,
            Writes = (ulong)r.Counters.Commands,
            Elections = (ulong)r.Elections,
            FailedElections = (ulong)r.FailedElections,
            LeaderChanges = (ulong)r.LeaderChanges,
        }));
        details.Peers.AddRange(figures.Peers.Select(static p => new PeerDetails
        {
            Node = p.Node.Value,
            Reachable = p.IsReachable,
            RoundTripMicroseconds = (ulong)(p.RoundTrip?.TotalMicroseconds ?? 0),
        }));
        return details;
    }

    /// <summary>Certificates alone.</summary>
    internal static TlsDetails TlsOf(TlsCredentials tls)
    {
        var details = new TlsDetails();
        details.Authorities.AddRange(tls.Authorities);
        if (tls.Own?.TargetCertificate is { } own)
        {
            details.Certificate = TlsCredentials.FingerprintOf(own);
            details.NotAfterUnixSeconds = (ulong)new DateTimeOffset(own.NotAfter.ToUniversalTime()).ToUnixTimeSeconds();
        }

        return details;
    }

    /// <summary>Memory alone.</summary>
    public static MemoryDetails MemoryOf(NodeFigures figures) => new()
    {
        UsedBytes = (ulong)Environment.WorkingSet,
        TotalBytes = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        ManagedBytes = (ulong)GC.GetTotalMemory(forceFullCollection: false),
        HotRecords = (ulong)figures.Replicas.Sum(static r => (long)r.HotRecords),
        HotLimitRecords = (ulong)figures.HotLimitRecords,
        HotLookups = (ulong)figures.Replicas.Sum(static r => r.Counters.Lookups),
        HotHits = (ulong)figures.Replicas.Sum(static r => r.Counters.Hits),
        WarmBytes = (ulong)figures.Store.BlockCache,
        WarmLimitBytes = (ulong)figures.WarmLimitBytes,
        ColdBytes = (ulong)figures.Store.Files,
        ColdRecords = (ulong)figures.Store.EstimatedKeys,
    };
}

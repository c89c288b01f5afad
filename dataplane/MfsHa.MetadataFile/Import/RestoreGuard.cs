using MfsHa.Metadata.Chunks;
using MfsHa.Metadata.State;
using MfsHa.Metadata.SystemGroup;

namespace MfsHa.MetadataFile.Import;

/// <summary>
/// After a backup its cluster has gone on, and what it has given out since is known to chunkservers, clients and users, but not to the backup. A number that is given out twice would
/// make a client write into a file that is not its own, or a chunkserver pass an old chunk's copy for a new one's.
/// </summary>
internal static class RestoreGuard
{
    private const uint Inodes = 1 << 20;
    private const uint Sessions = 1 << 16;

    /// <summary>Goes so far ahead that nothing is given out twice, unless a cluster has made more than that since its backup: a million objects, 10^9 chunks, 65536 sessions.</summary>
    public static (Counters Counters, ClusterRecord Cluster) StepOver(Counters counters, ClusterRecord cluster) => (
        counters with
        {
            // Where numbers are rare, half of those that are left.
            NextInode = counters.NextInode + Math.Min(Inodes, (NamespaceState.MaxInode - Math.Min(counters.NextInode, NamespaceState.MaxInode)) / 2),
            NextChunk = counters.NextChunk + AdoptUnknownChunks.MaxAhead,
        },
        cluster with { NextSession = cluster.NextSession + Math.Min(Sessions, (SessionRecord.MaxId - Math.Min(cluster.NextSession, SessionRecord.MaxId)) / 2) });
}

using MfsHa.Replication.Locations;

namespace MfsHa.Gateway.ChunkServers;

/// <summary>What connections of chunkservers work with.</summary>
/// <param name="Options">The gateway's options.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Identity">Who the cluster is.</param>
/// <param name="Reporter">Takes what chunkservers report.</param>
/// <param name="Table">The connected chunkservers.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Stopping">Cancelled when this node stops.</param>
public sealed record ChunkServerServices(
    GatewayOptions Options,
    ClusterCalls Cluster,
    ClusterIdentity Identity,
    IChunkServerReporter Reporter,
    ChunkServerTable Table,
    TimeProvider Clock,
    CancellationToken Stopping);

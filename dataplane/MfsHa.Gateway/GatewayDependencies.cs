using MfsHa.Cluster.Routing;
using MfsHa.Gateway.Exports;
using MfsHa.Replication.Locations;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway;

/// <summary>The layers that a node's gateways stand on.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Shards">Which shard an inode belongs to.</param>
/// <param name="Locations">What chunkservers have reported anywhere.</param>
/// <param name="Reporter">Takes what chunkservers report here.</param>
/// <param name="Exports">Who may mount what.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Loggers">For logs.</param>
public sealed record GatewayDependencies(
    IMetadataCluster Cluster, IShardMap Shards, IChunkLocationView Locations, IChunkServerReporter Reporter, IExports Exports, TimeProvider Clock, ILoggerFactory Loggers);

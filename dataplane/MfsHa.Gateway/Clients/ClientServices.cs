using MfsHa.Cluster.Routing;
using MfsHa.Gateway.Clients.Registration;
using MfsHa.Gateway.Clients.Requests;
using MfsHa.Gateway.Exports;
using MfsHa.Gateway.Tools;
using MfsHa.Replication.Locations;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Clients;

/// <summary>What all client connections of a node share.</summary>
internal sealed class ClientServices
{
    public required GatewayOptions Options { get; init; }

    public required ClusterCalls Cluster { get; init; }

    public required ClusterIdentity Identity { get; init; }

    public required IExports Exports { get; init; }

    public required IShardMap Shards { get; init; }

    public required IChunkLocationView Locations { get; init; }


    public required SessionTable Sessions { get; init; }

    public required SessionRegistrar Registrar { get; init; }

    public required RequestTable Requests { get; init; }

    public required ToolDesk Tools { get; init; }

    public required TimeProvider Clock { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Cancelled when this node stops.</summary>
    public required CancellationToken Stopping { get; init; }
}

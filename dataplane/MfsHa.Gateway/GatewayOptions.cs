using System.Net;
using MfsHa.Gateway.Connections;
using MfsHa.Protocol;

namespace MfsHa.Gateway;

/// <summary>What a node's gateways are started with.</summary>
public sealed record GatewayOptions
{
    /// <summary>This node's number, 1...</summary>
    public required ushort Node { get; init; }

    /// <summary>Number of this run of the process, not 0 and different from that of any other run: connections do not outlive it.</summary>
    public required ulong Run { get; init; }

    /// <summary>Where clients connect (MATOCL_LISTEN_HOST, MATOCL_LISTEN_PORT); null = nowhere.</summary>
    public IPEndPoint? Clients { get; init; } = new(IPAddress.Any, 9421);

    /// <summary>Where chunkservers connect (MATOCS_LISTEN_HOST, MATOCS_LISTEN_PORT); null = nowhere.</summary>
    public IPEndPoint? ChunkServers { get; init; } = new(IPAddress.Any, 9420);

    /// <summary>Where metaloggers connect (MATOML_LISTEN_HOST, MATOML_LISTEN_PORT); null = nowhere.</summary>
    public IPEndPoint? MetaLoggers { get; init; } = new(IPAddress.Any, 9419);

    /// <summary>
    /// Version that peers are told, the same on all nodes. Clients and chunkservers choose packet shapes by it (client-protocol 1.6); 4.56.6 is what mfsha
    /// was tested as, and the last line before paged listings, storage class groups and erasure coding by default.
    /// </summary>
    public PeerVersion ServerVersion { get; init; } = new(4, 56, 6);

    /// <summary>The version as text, as GET_VERSION shows it.</summary>
    public string ServerVersionText { get; init; } = "4.56.6-1";

    /// <summary>Bounds of client connections.</summary>
    public ConnectionLimits ClientLimits { get; init; } = new();

    /// <summary>Bounds of chunkserver connections.</summary>
    public ConnectionLimits ChunkServerLimits { get; init; } = new();

    /// <summary>Bounds of metalogger connections.</summary>
    public ConnectionLimits MetaLoggerLimits { get; init; } = new();

    /// <summary>Most client connections; more are refused. Default 20,000.</summary>
    public long MaxClients { get; init; } = 20_000;

    /// <summary>Most chunkserver connections; more are refused. Default 4,000.</summary>
    public long MaxChunkServers { get; init; } = 4_000;

    /// <summary>Most metalogger connections; more are refused. Default 100.</summary>
    public long MaxMetaLoggers { get; init; } = 100;

    /// <summary>What may change while the node runs.</summary>
    public SettingsInForce InForce { get; init; } = new(new GatewaySettings());

    /// <summary>What is in force of that now.</summary>
    public GatewaySettings Settings => InForce.Current;

    /// <summary>How long chunkservers may be in maintenance.</summary>
    public MaintenanceTimes Maintenance { get; init; } = new();
}

using MfsHa.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.MetaLoggers;

/// <summary>Serves port 9419.</summary>
internal sealed class MetaLoggerHandler(GatewayOptions options, ClusterIdentity identity, TimeProvider clock, ILogger<MetaLoggerHandler> logger)
    : FrameConnectionHandler("metalogger", clock, logger)
{
    private readonly TimeProvider clock = clock;
    private readonly ILogger logger = logger;

    /// <inheritdoc/>
    protected override FrameConnection Create(ConnectionContext connection) => new MetaLoggerConnection(connection, options, identity, clock, logger);
}

using MfsHa.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.ChunkServers;

/// <summary>Serves port 9420.</summary>
public sealed class ChunkServerHandler(ChunkServerServices services, ILogger<ChunkServerHandler> logger)
    : FrameConnectionHandler("chunkserver", services.Clock, logger)
{
    private readonly ILogger logger = logger;

    /// <inheritdoc/>
    protected override FrameConnection Create(ConnectionContext connection) => new ChunkServerConnection(connection, services, logger);
}

using MfsHa.Gateway.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Clients;

/// <summary>Serves port 9421.</summary>
internal sealed class ClientConnectionHandler(ClientServices services) : FrameConnectionHandler("client", services.Clock, services.Loggers.CreateLogger<ClientConnectionHandler>())
{
    /// <inheritdoc/>
    public override bool HasShortPackets => true;

    /// <inheritdoc/>
    protected override FrameConnection Create(ConnectionContext connection) => new ClientConnection(connection, services);
}

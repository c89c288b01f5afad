using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MfsHa.Gateway.Connections;

/// <summary>A TCP port whose connections go to one handler: Kestrel without HTTP.</summary>
public sealed class GatewayListener : IAsyncDisposable
{
    /// <summary>Received bytes that are kept for a connection whose requests are not read at the moment: a client whose send buffer is full for 100 ms gives up.</summary>
    private const int MaxReceivedBytes = 4 << 20;

    /// <summary>Bytes handed to the socket before the writer waits.</summary>
    private const int MaxHandedBytes = 1 << 20;

    private const int Backlog = 1024;

    private readonly KestrelServer server;
    private readonly FrameConnectionHandler handler;
    private readonly IPEndPoint endPoint;

    /// <summary>Creates the listener; <see cref="StartAsync"/> binds it.</summary>
    /// <param name="endPoint">IPv4 address and port; port 0 takes a free one.</param>
    /// <param name="maxConnections">More are refused.</param>
    /// <param name="handler">Serves the connections; disposed with the listener.</param>
    /// <param name="loggers">For Kestrel.</param>
    public GatewayListener(IPEndPoint endPoint, long maxConnections, FrameConnectionHandler handler, ILoggerFactory loggers)
    {
        this.endPoint = endPoint;
        this.handler = handler;
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxConcurrentConnections = maxConnections;
        options.Listen(endPoint, listen => listen.Use(_ => handler.OnConnectedAsync));
        var sockets = new SocketTransportOptions
        {
            NoDelay = true,
            UnsafePreferInlineScheduling = handler.HasShortPackets,
            Backlog = Backlog,
            MaxReadBufferSize = MaxReceivedBytes,
            MaxWriteBufferSize = MaxHandedBytes,
        };
        server = new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(sockets), loggers), loggers);
    }

    /// <summary>Where it listens; the port that was taken once it has started.</summary>
    public IPEndPoint EndPoint =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address ? new IPEndPoint(endPoint.Address, new Uri(address).Port) : endPoint;

    /// <summary>Binds the port and accepts connections.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public Task StartAsync(CancellationToken cancellation) => server.StartAsync(new NoHttp(), cancellation);

    /// <summary>Closes the port, then all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        handler.Stop();
        await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        server.Dispose();
        await handler.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Kestrel wants an application; no connection ever reaches it.</summary>
    private sealed class NoHttp : IHttpApplication<object>
    {
        public object CreateContext(IFeatureCollection contextFeatures) => throw new NotSupportedException("this port does not speak HTTP");

        public Task ProcessRequestAsync(object context) => throw new NotSupportedException("this port does not speak HTTP");

        public void DisposeContext(object context, Exception? exception)
        {
        }
    }
}

using System.Diagnostics;
using System.Net;
using MfsHa.Node.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace MfsHa.Node.Admin;

/// <summary>
/// Listens on <c>MFSHA_ADMIN_PORT</c>: gRPC (admin.proto) over HTTP/2, and HTTP/1.1 for <c>/healthz</c> (the process is alive), <c>/readyz</c>
/// (the node serves) and <c>/metrics</c> (Prometheus); with or without TLS. Who may call is the <see cref="AdminGate"/>'s business.
/// </summary>
public sealed class AdminServer : IAsyncDisposable
{
    /// <summary>Requests are small; more is not taken into memory.</summary>
    private const int MaxRequestBytes = 64 * 1024;

    private const int MaxConnections = 256;

    /// <summary>Time for TLS's handshake.</summary>
    private static readonly TimeSpan _handshakeLimit = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;

    private AdminServer(WebApplication application) => _application = application;

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts to listen.</summary>
    /// <param name="host">Address to listen on, "*" for any; a name is resolved.</param>
    /// <param name="port">TCP port; 0 for any free one.</param>
    /// <param name="source">The node.</param>
    /// <param name="operations">Its day-2 operations.</param>
    /// <param name="logs">Makes loggers.</param>
    /// <param name="gate">Who may call.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<AdminServer> StartAsync(
        string host, int port, INodeStatusSource source, INodeOperations operations, ILoggerFactory logs, AdminGate gate, CancellationToken cancellation)
    {
        var badRequests = new BadRequestLog(logs.CreateLogger<AdminServer>());
        var tlsErrors = new TlsErrors(logs, badRequests.Note);
        var http2Errors = new Http2Errors(tlsErrors);
        var splitter = new ProtocolSplitter(ProtocolSplitter.DefaultLimit, badRequests.Note, http2Errors);
        IPAddress address = await ListenAddress.ResolveAsync(host, cancellation).ConfigureAwait(false);

        // Empty: no configuration files or variables of ASP.NET's own, no signal handlers.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(http2Errors);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton(source);
        builder.Services.AddSingleton(operations);
        builder.Services.AddSingleton(gate);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRouting();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxRequestBytes;
            options.Interceptors.Add<AdminGuard>();
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = MaxConnections;
            options.Limits.MaxRequestBodySize = MaxRequestBytes;
            options.Listen(address, port, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                if (gate.IsTls)
                {
                    endpoint.Use(new TlsOnly(ProtocolSplitter.DefaultLimit, badRequests.Note).Require);
                    endpoint.Use(tlsErrors.Follow);
                    endpoint.UseHttps(new TlsHandshakeCallbackOptions { HandshakeTimeout = _handshakeLimit, OnConnection = _ => ValueTask.FromResult(gate.TlsOptions()) });
                }

                endpoint.Use(splitter.Split);
            });
            options.Listen(splitter.EndPoint, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });

        // After Kestrel, which adds its sockets only where nothing listens yet.
        builder.Services.AddSingleton<IConnectionListenerFactory>(splitter);
        WebApplication application = builder.Build();
        _ = badRequests.Listen(application.Services.GetRequiredService<DiagnosticListener>());
        application.UseRouting();
        application.MapGrpcService<AdminService>();
        application.MapGrpcService<OperationsService>();
        application.MapGet("/healthz", () => Results.Text("ok\n"));
        application.MapGet("/readyz", () => source.IsReady ? Results.Text("ready\n") : Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        application.MapMetrics("/metrics");
        var server = new AdminServer(application);
        try
        {
            await application.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .First(a => a.StartsWith(gate.IsTls ? "https://" : "http://", StringComparison.Ordinal) && !a.Contains(splitter.EndPoint.ToString()!, StringComparison.Ordinal));
        server.LocalEndPoint = new IPEndPoint(address, new Uri(bound).Port);
        return server;
    }

    /// <summary>Closes the port and ends the calls.</summary>
    public Task StopAsync(CancellationToken cancellation) => _application.StopAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    // Signals are the node process's business.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

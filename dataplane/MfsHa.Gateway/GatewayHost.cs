using System.Net;
using MfsHa.Cluster.Push;
using MfsHa.Gateway.ChunkServers;
using MfsHa.Gateway.Clients;
using MfsHa.Gateway.Clients.Handlers;
using MfsHa.Gateway.Clients.Push;
using MfsHa.Gateway.Clients.Registration;
using MfsHa.Gateway.Clients.Requests;
using MfsHa.Gateway.Connections;
using MfsHa.Gateway.Exports;
using MfsHa.Gateway.MetaLoggers;
using MfsHa.Gateway.Tools;
using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol.Tools;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway;

/// <summary>The gateways of a node: its MooseFS ports. Started once, stopped once.</summary>
/// <remarks>
/// The parts that the cluster layer calls (<see cref="Notifier"/>) exist before the cluster does; the ports open with <see cref="StartAsync"/>. Before the
/// cluster is formed registrations wait, as they do through elections.
/// </remarks>
public sealed partial class GatewayHost : IAsyncDisposable
{
    private readonly GatewayOptions options;
    private readonly SessionTable sessions = new();
    private readonly ClientNotifier notifier;
    private readonly CancellationTokenSource stopping = new();
    private readonly List<GatewayListener> listeners = [];
    private GatewayDependencies? dependencies;
    private MetaLoggerHandler? metaLoggerHandler;
    private ExportsAnnouncement? announcement;
    private Task takingOver = Task.CompletedTask;
    private ILogger<GatewayHost>? logger;

    /// <summary>Creates the gateways.</summary>
    public GatewayHost(GatewayOptions options)
    {
        this.options = options;
        notifier = new ClientNotifier(sessions);
    }

    /// <summary>Delivers pushes to clients that are connected here.</summary>
    public IClientNotifier Notifier => notifier;

    /// <summary>Chunkservers that are connected here.</summary>
    public ChunkServerTable ChunkServers { get; } = new();

    /// <summary>Number of sessions that are connected here.</summary>
    public int Sessions => sessions.Count;

    /// <summary>Where clients connect; null before the start.</summary>
    public IPEndPoint? ClientEndPoint { get; private set; }

    /// <summary>Where chunkservers connect; null before the start.</summary>
    public IPEndPoint? ChunkServerEndPoint { get; private set; }

    /// <summary>Where metaloggers connect; null before the start.</summary>
    public IPEndPoint? MetaLoggerEndPoint { get; private set; }

    /// <summary>Opens the ports.</summary>
    /// <exception cref="IOException">A port is in use.</exception>
    public async Task StartAsync(GatewayDependencies layers, CancellationToken cancellation)
    {
        dependencies = layers;
        logger = layers.Loggers.CreateLogger<GatewayHost>();
        var calls = new ClusterCalls(layers.Cluster, layers.Clock);
        var identity = new ClusterIdentity(layers.Cluster, layers.Clock);
        announcement = new ExportsAnnouncement(calls, layers.Exports, layers.Loggers.CreateLogger<ExportsAnnouncement>(), stopping.Token);
        takingOver = TakeOverAsync(calls);
        layers.Exports.Changed += OnExportsChanged;
        if (options.ChunkServers is { } chunkServers)
        {
            var services = new ChunkServerServices(options, calls, identity, layers.Reporter, ChunkServers, layers.Clock, stopping.Token);
            var handler = new ChunkServerHandler(services, layers.Loggers.CreateLogger<ChunkServerHandler>());
            ChunkServerEndPoint = await ListenAsync(chunkServers, options.MaxChunkServers, handler, cancellation).ConfigureAwait(false);
        }

        if (options.MetaLoggers is { } metaLoggers)
        {
            var handler = new MetaLoggerHandler(options, identity, layers.Clock, layers.Loggers.CreateLogger<MetaLoggerHandler>());
            metaLoggerHandler = handler;
            MetaLoggerEndPoint = await ListenAsync(metaLoggers, options.MaxMetaLoggers, handler, cancellation).ConfigureAwait(false);
        }

        if (options.Clients is { } clients)
        {
            ClientEndPoint = await ListenAsync(clients, options.MaxClients, new ClientConnectionHandler(ServeClients(layers, calls, identity)), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Puts other settings into force.</summary>
    public void Reload(GatewaySettings settings) => options.InForce.Current = settings;

    /// <summary>Closes all connections of registered clients; they come back, here or to another node, with their sessions. Returns how many.</summary>
    public int EndSessions(string reason)
    {
        var count = 0;
        foreach (var connection in sessions.All)
        {
            connection.End(new ConnectionEnd(EndKind.SentAway, reason));
            count++;
        }

        return count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (dependencies is not null)
        {
            dependencies.Exports.Changed -= OnExportsChanged;
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        foreach (var listener in listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        await takingOver.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private ClientServices ServeClients(GatewayDependencies layers, ClusterCalls calls, ClusterIdentity identity)
    {
        return new ClientServices
        {
            Options = options,
            Cluster = calls,
            Identity = identity,
            Exports = layers.Exports,
            Shards = layers.Shards,
            Locations = layers.Locations,
            Sessions = sessions,
            Registrar = new SessionRegistrar(options, calls, identity, layers.Exports, layers.Clock, stopping.Token),
            Requests = new RequestTable(AllHandlers.Create()),
            Tools = new ToolDesk(options, calls, identity, layers.Exports, layers.Locations, sessions, ConnectedMetaLoggers, layers.Clock, layers.Loggers, stopping.Token),
            Clock = layers.Clock,
            Loggers = layers.Loggers,
            Stopping = stopping.Token,
        };
    }

    private MetaLoggerEntry[] ConnectedMetaLoggers() => metaLoggerHandler is null
        ? []
        : [.. metaLoggerHandler.Connections.All.OfType<MetaLoggerConnection>()
            .Where(static c => c.MetaLoggerVersion is not null)
            .Select(static c => new MetaLoggerEntry(c.MetaLoggerVersion!.Value, c.PeerAddress))];

    private async Task<IPEndPoint> ListenAsync(IPEndPoint endPoint, long maxConnections, FrameConnectionHandler handler, CancellationToken cancellation)
    {
        var listener = new GatewayListener(endPoint, maxConnections, handler, dependencies!.Loggers);
        listeners.Add(listener);
        await listener.StartAsync(cancellation).ConfigureAwait(false);
        return listener.EndPoint;
    }

    /// <summary>The connections of an earlier run of this node ended with it; the exports of this run are in force.</summary>
    private async Task TakeOverAsync(ClusterCalls calls)
    {
        var ended = await calls.ExecutePersistentlyAsync(new DropConnections(options.Node, options.Run), stopping.Token).ConfigureAwait(false);
        Log.EarlierRunEnded(logger!, options.Node, options.Run, ended.Status);
        await announcement!.RunAsync().ConfigureAwait(false);
    }

    private void OnExportsChanged(ulong checksum) => _ = ChangeExportsAsync(checksum);

    /// <summary>First everybody knows the new exports, then the connections end: who came back before would be let in with the old rights.</summary>
    private async Task ChangeExportsAsync(ulong checksum)
    {
        try
        {
            await announcement!.RunAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        foreach (var connection in sessions.All)
        {
            if (connection.Session is { } session && session.Parameters.ExportsChecksum != checksum)
            {
                connection.End(new ConnectionEnd(EndKind.SentAway, "the exports have changed: it must register again"));
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(630, LogLevel.Debug, "connections of earlier runs of node {Node} than {Run} are over: {Status}")]
        public static partial void EarlierRunEnded(ILogger logger, ushort node, ulong run, Protocol.StatusCode status);
    }
}

using System.Net;
using System.Text;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Recovery;
using MfsHa.Consensus;
using MfsHa.Gateway;
using MfsHa.Node.Admin;
using MfsHa.Node.Administration;
using MfsHa.Node.Configuration;
using MfsHa.Node.Daemon;
using MfsHa.Node.Security;
using MfsHa.NodeLink;
using MfsHa.Replication.Ring;
using Microsoft.Extensions.Logging;

namespace MfsHa.Node.Hosting;

/// <summary>Composes a node: the cluster layer, the gateways above it, the admin service beside it.</summary>
public sealed partial class NodeHost : INodeHost
{
    /// <summary>Longest INSTANCE_NAME that a packet holds, bytes.</summary>
    private const int LongestInstanceName = 255;

    private static readonly TimeSpan ResignDeadline = TimeSpan.FromSeconds(2);

    private readonly NodeEnvironment environment;
    private readonly ILogger<NodeHost> logger;
    private readonly TaskCompletionSource failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stopping = new();
    private readonly MaintenanceTimes maintenance = new();
    private GatewayHost? gateway;
    private ClusterHost? cluster;
    private NodeStatusSource? status;
    private AdminServer? admin;
    private NamespaceSettings? settings;
    private IDisposable? traces;
    private NodeSecurity? security;
    private DamageReport? damage;
    private Task joining = Task.CompletedTask;
    private Task watching = Task.CompletedTask;

    /// <summary>Takes what exists before the node; opens nothing.</summary>
    public NodeHost(NodeEnvironment environment)
    {
        this.environment = environment;
        logger = environment.Logs.CreateLogger<NodeHost>();
    }

    /// <inheritdoc/>
    public Task Failure => failure.Task;

    private NodeConfiguration Configuration => environment.Configuration.Node;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var node = Configuration;
        await PortCheck.RunAsync(node, cancellation).ConfigureAwait(false);
        var bind = await ListenAddress.ResolveAsync(node.BindHost, cancellation).ConfigureAwait(false);
        var options = await GatewayOptionsAsync(node, cancellation).ConfigureAwait(false);
        traces = TraceExport.Begin(node);
        security = new NodeSecurity(environment.Configuration, environment.Logs.CreateLogger<NodeSecurity>(), environment.Time);
        gateway = new GatewayHost(options);
        var clusterOptions = Options(node, bind, FormationOrder.Load(node.DataPath)) with { Security = security.Link };
        damage = new DamageReport(node, clusterOptions, environment.Logs.CreateLogger<DamageReport>());
        try
        {
            cluster = new ClusterHost(clusterOptions, gateway.Notifier, gateway.ChunkServers, environment.Logs, environment.Time);
        }
        catch (Exception e) when (DamageNote.IsDamage(e))
        {
            damage.Note(e, clusterOptions.Peers);
            throw;
        }

        status = new NodeStatusSource(cluster, environment.Time);
        cluster.Options.Changed += TakeOverOptions;
        var operations = new NodeOperations(cluster, environment.Running, security.Credentials, environment.Time);
        admin = await AdminServer.StartAsync(node.BindHost, node.AdminPort, status, operations, environment.Logs, security.Gate, cancellation).ConfigureAwait(false);
        joining = JoinAsync(options.Node);
        watching = new HealthWatch(cluster, environment.Logs, environment.Time).RunAsync(stopping.Token);
        _ = WatchAsync(cluster);
    }

    /// <inheritdoc/>
    public Task ReloadAsync(NodeConfiguration configuration, CancellationToken cancellation)
    {
        ChunkPace.Set(maintenance, configuration.Chunks);
        security?.Reload(configuration.Security);
        // The exports were reloaded before, and have told the gateway about a change themselves.
        gateway?.Reload(Settings(configuration));
        if (cluster is not null)
        {
            cluster.SessionSustain = configuration.FileSystem.SessionSustainTime;
            cluster.ChangePace(ChunkPace.Of(configuration.Chunks));
            cluster.ChangeShipping(configuration.Consensus.MoveBytesPerSecond, configuration.Consensus.MovesAtOnce);
            settings?.Announce(configuration.FileSystem);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task DescribeAsync(TextWriter writer, CancellationToken cancellation)
    {
        if (cluster is null)
        {
            return;
        }

        var report = cluster.Status.Self();
        await writer.WriteLineAsync($"node {report.Node}, version {report.Version}, cluster {report.Cluster}, {(report.Ready ? "ready" : "not ready")}".AsMemory(), cancellation).ConfigureAwait(false);
        foreach (var replica in report.Replicas)
        {
            await writer.WriteLineAsync(
                $"group {replica.Group}: leader {replica.Leader}, term {replica.Term}, applied {replica.Applied}, durable {replica.Durable}".AsMemory(), cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellation)
    {
        cluster?.ServesNoMore();
        await stopping.CancelAsync().ConfigureAwait(false);
        await joining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cluster is not null)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limited.CancelAfter(ResignDeadline);
            try
            {
                await cluster.ResignAllAsync(limited.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or NotLeaderException)
            {
                Log.NotResigned(logger, e.Message);
            }
        }

        if (gateway is not null)
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
            gateway = null;
        }

        if (admin is not null)
        {
            await admin.StopAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await joining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (gateway is not null)
        {
            await gateway.DisposeAsync().ConfigureAwait(false);
            gateway = null;
        }

        if (admin is not null)
        {
            await admin.DisposeAsync().ConfigureAwait(false);
        }

        if (cluster is not null)
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
        }

        traces?.Dispose();
        stopping.Dispose();
    }

    /// <summary>What the file says about the cluster layer.</summary>
    internal static ClusterHostOptions Options(NodeConfiguration node, IPAddress bind, FormationOrder? order = null) => new()
    {
        Self = new NodeId((ushort)node.NodeId),
        Peers = Peers(node, order),
        Order = order,
        Listen = new IPEndPoint(bind, node.Port),
        DataPath = node.DataPath,
        ShardCount = (ushort)node.ShardCount,
        ReplicationFactor = (byte)node.ReplicationFactor,
        SpreadDepth = node.ShardSpreadDepth,
        Consensus = new ConsensusOptions
        {
            ElectionTimeout = node.Consensus.ElectionTimeout,
            Heartbeat = node.Consensus.Heartbeat,
            SyncInterval = node.Consensus.SyncInterval,
        },
        Priority = node.Consensus.Priority,
        ComparisonInterval = node.Consensus.ComparisonInterval,
        Ring = new RingOptions
        {
            Successors = node.Replication.RingSuccessors,
            AsyncReplication = node.Replication.StreamDeltas,
            GossipInterval = node.Replication.GossipInterval,
        },
        MaxMemoryBytes = node.Replication.CacheMemory,
        SessionSustain = node.FileSystem.SessionSustainTime,
        Chunks = ChunkPace.Of(node.Chunks),
        MoveBytesPerSecond = node.Consensus.MoveBytesPerSecond,
        MovesAtOnce = node.Consensus.MovesAtOnce,
        Region = node.Region,
        MayForm = node.MayForm,
    };

    // Without MFSHA_PEERS a node knows where it is itself, and where others are, from its order; once it is a member the system group says more.
    private static NodeAddress[] Peers(NodeConfiguration node, FormationOrder? order)
    {
        NodeAddress[] configured = [.. node.Peers.Select(static p => new NodeAddress(new NodeId((ushort)p.Id), p.Host, p.Port!.Value))];
        return order is null ? configured
            : node.HasPeers ? [.. configured.Concat(order.Peers.Select(static p => p.Address)).DistinctBy(static n => n.Id)]
            : [order.Own, .. order.Peers.Select(static p => p.Address).Where(n => n.Id != order.Own.Id)];
    }

    private static async Task<IPEndPoint> EndPointAsync(ListenerConfiguration listener, CancellationToken cancellation) =>
        new(await ListenAddress.ResolveAsync(listener.Host, cancellation).ConfigureAwait(false), listener.Port);

    private async Task<GatewayOptions> GatewayOptionsAsync(NodeConfiguration node, CancellationToken cancellation)
    {
        ChunkPace.Set(maintenance, node.Chunks);
        var defaults = new GatewayOptions { Node = (ushort)node.NodeId, Run = (ulong)environment.Time.GetUtcNow().UtcTicks };
        return defaults with
        {
            Clients = await EndPointAsync(node.Clients, cancellation).ConfigureAwait(false),
            ChunkServers = await EndPointAsync(node.ChunkServers, cancellation).ConfigureAwait(false),
            MetaLoggers = await EndPointAsync(node.Metaloggers, cancellation).ConfigureAwait(false),
            Maintenance = maintenance,
            InForce = new SettingsInForce(Settings(node)),
        };
    }

    /// <summary>What the file says about the gateways, as far as it may change while they run.</summary>
    internal static GatewaySettings Settings(NodeConfiguration node) => new()
    {
        ClientSilence = node.Clients.Timeout,
        ChunkServerSilence = node.ChunkServers.Timeout,
        MetaLoggerSilence = node.Metaloggers.Timeout,
        AuthCode = Encoding.UTF8.GetBytes(node.AuthCode),
        SessionSustain = node.FileSystem.SessionSustainTime,
        InstanceName = Encoding.UTF8.GetBytes(node.FileSystem.InstanceName).Take(LongestInstanceName).ToArray(),
    };

    // Clients and chunkservers are let in when this node can answer them; until then their connections are refused at once, so that they try another node.
    private async Task JoinAsync(ushort node)
    {
        try
        {
            await cluster!.StartAsync(stopping.Token).ConfigureAwait(false);
            var layers = new GatewayDependencies(
                cluster.Cluster, cluster.Shards, cluster.ChunkLocations, cluster.ChunkServerReporter, new NodeExports(environment.Exports), environment.Time, environment.Logs);
            settings = new NamespaceSettings(new ClusterCalls(cluster.Cluster, environment.Time), environment.Logs.CreateLogger<NamespaceSettings>(), stopping.Token);
            settings.Announce(Configuration.FileSystem);
            await gateway!.StartAsync(layers, stopping.Token).ConfigureAwait(false);
            cluster.Serves();
            Log.Serving(logger, node);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The node stops before it has joined.
        }
        catch (Exception e)
        {
            damage?.Note(e, cluster!.Nodes.Nodes);
            failure.TrySetException(e);
        }
    }

    // Called by the replica's book, which must not wait.
    private void TakeOverOptions()
    {
        environment.Running.ClusterOptions = cluster!.Options.Current;
        _ = environment.Running.ReloadAsync(stopping.Token);
    }

    private async Task WatchAsync(ClusterHost host)
    {
        var cause = await host.Failed.ConfigureAwait(false);
        damage?.Note(cause, host.Nodes.Nodes);
        failure.TrySetException(cause);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "node {Node} serves clients and chunkservers")]
        public static partial void Serving(ILogger logger, ushort node);

        [LoggerMessage(2, LogLevel.Information, "leadership was not given away before the stop: {Reason}")]
        public static partial void NotResigned(ILogger logger, string reason);
    }
}

using System.Net;
using System.Net.Sockets;
using MfsHa.Cluster.Chunks;
using MfsHa.Cluster.Formation;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Push;
using MfsHa.Consensus;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using Microsoft.Extensions.Logging;

namespace MfsHa.Cluster.Tests.Hosting;

/// <summary>Three real hosts in one process, with stores and sockets of their own; two more may join. Or five from the beginning.</summary>
internal sealed class InProcessCluster : IAsyncDisposable, IClientNotifier, IChunkServerLinks
{
    private readonly string directory = Directory.CreateTempSubdirectory("mfsha-hosts-").FullName;
    private readonly NodeAddress[] peers = [.. FreePorts(Most).Select(static (p, i) => new NodeAddress(new NodeId((ushort)(i + 1)), "127.0.0.1", p))];
    private readonly ILoggerFactory loggers = LoggerFactory.Create(static b => b.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());

    /// <summary>Nodes with which others may join.</summary>
    public const int Most = 5;

    private const int Three = 3;

    private int Founders { get; init; } = Three;

    /// <summary>HA_SHARD_COUNT of nodes that are started from now on.</summary>
    public ushort Shards { get; set; } = 1;

    public TimeSpan ComparisonInterval { get; private init; } = TimeSpan.Zero;

    public ClusterHost?[] Hosts { get; private init; } = new ClusterHost?[Three];

    public static async Task<InProcessCluster> StartAsync(CancellationToken cancellation, ushort shards = 1, TimeSpan comparisonInterval = default, int nodes = Three, int founders = Three)
    {
        var cluster = new InProcessCluster { Shards = shards, ComparisonInterval = comparisonInterval, Hosts = new ClusterHost?[Math.Max(nodes, founders)], Founders = founders };
        await Task.WhenAll(Enumerable.Range(0, founders).Select(i => cluster.StartAsync(i, cancellation)));
        return cluster;
    }

    public async Task StartAsync(int node, CancellationToken cancellation)
    {
        var path = Path.Combine(directory, $"node{node + 1}");
        Directory.CreateDirectory(path);
        var options = new ClusterHostOptions
        {
            Self = peers[node].Id,
            Peers = node < Founders ? peers[..Founders] : [peers[node], .. peers[..Founders]],
            Order = node < Founders && !Joining.Contains(node) ? null
                : new FormationOrder(peers[node].Id.Value, true, "127.0.0.1", peers[node].Port, [.. peers[..Founders].Where(p => p != peers[node]).Select(static p => new FormationPeer(p.Id.Value, p.Host, p.Port))]),
            Listen = new IPEndPoint(IPAddress.Loopback, peers[node].Port),
            DataPath = path,
            ShardCount = Shards,
            ComparisonInterval = ComparisonInterval,
            SpreadInterval = TimeSpan.FromMilliseconds(500),
            SettledAfter = TimeSpan.FromSeconds(2),
            Consensus = new ConsensusOptions { SyncInterval = TimeSpan.FromMilliseconds(500) },
            MaxMemoryBytes = 32 << 20,
        };
        Hosts[node] = new ClusterHost(options, this, this, loggers, TimeProvider.System);
        await Hosts[node]!.StartAsync(cancellation);
    }

    /// <summary>Founders that come back with an empty disk and are to join by themselves.</summary>
    public HashSet<int> Joining { get; } = [];

    public NodeAddress AddressOf(int node) => peers[node];

    public async Task StopAsync(int node)
    {
        await Hosts[node]!.DisposeAsync();
        Hosts[node] = null;
    }

    public string DirectoryOf(int node) => Path.Combine(directory, $"node{node + 1}");

    public void Wipe(int node) => Directory.Delete(Path.Combine(directory, $"node{node + 1}"), recursive: true);

    public void Notify(ClientNotification notification)
    {
        // No clients are connected.
    }

    public ValueTask<StatusCode> ExecuteAsync(ChunkCommand command, CancellationToken cancellation) => ValueTask.FromResult(StatusCode.Disconnected);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
        }

        loggers.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(static l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners)
        {
            listener.Stop();
        }

        return ports;
    }
}

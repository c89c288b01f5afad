using System.Net;
using MfsHa.Cluster.Routing;
using MfsHa.Gateway.Connections;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using Microsoft.Extensions.Logging;

namespace MfsHa.Gateway.Tests.Support;

/// <summary>A gateway on loopback over a cluster in memory.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private TestGateway(TestCluster cluster, TimeProvider clock, ConnectionLimits limits, ushort node, string? authCode, IPAddress address)
    {
        Cluster = cluster;
        Clock = clock;
        Host = new GatewayHost(new GatewayOptions
        {
            Node = node,
            Run = 1,
            Clients = new IPEndPoint(address, 0),
            ChunkServers = new IPEndPoint(address, 0),
            MetaLoggers = new IPEndPoint(address, 0),
            ClientLimits = limits,
            ChunkServerLimits = limits,
            InForce = new SettingsInForce(new GatewaySettings { AuthCode = System.Text.Encoding.ASCII.GetBytes(authCode ?? "") }),
        });
    }

    public TestCluster Cluster { get; }

    public TimeProvider Clock { get; }

    public TestExports Exports { get; } = new();

    public RecordingLogger Logs { get; } = new();

    public ChunkLocations Locations { get; } = new(new NodeId(1));

    public GatewayHost Host { get; }

    public static async Task<TestGateway> StartAsync(TestCluster? cluster = null, TimeProvider? clock = null, ConnectionLimits? limits = null, ushort node = 1, string? authCode = null, IPAddress? address = null)
    {
        var gateway = new TestGateway(cluster ?? new TestCluster(clock), clock ?? TimeProvider.System, limits ?? new ConnectionLimits(), node, authCode, address ?? IPAddress.Loopback);
        await gateway.Host.StartAsync(
            new GatewayDependencies(gateway.Cluster, new SingleShardMap(), gateway.Locations, gateway.Locations, gateway.Exports, gateway.Clock, gateway.Logs),
            TestContext.Current.CancellationToken);
        return gateway;
    }

    public Task<WireClient> ConnectAsync() => WireClient.ConnectAsync(Host.ClientEndPoint!);

    /// <summary>A connection to the chunkservers' port.</summary>
    public async Task<WireChunkServer> ConnectChunkServerAsync() => new(await WireClient.ConnectAsync(Host.ChunkServerEndPoint!));

    /// <summary>Waits until something holds; fails after a while.</summary>
    public async Task UntilAsync(Func<bool> holds, string what)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            if (holds())
            {
                return;
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"never came: {what}\n{string.Join('\n', Logs.Lines(LogLevel.Debug))}");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

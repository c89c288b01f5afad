using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Ring;
using MfsHa.Replication.Tests.Locations;
using Xunit;

namespace MfsHa.Replication.Tests.Ring;

/// <summary>The ring as it runs: real node links on loopback, real timers.</summary>
public sealed class RingOverSocketsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Reports_reach_every_node_also_one_that_restarts_empty()
    {
        var nodes = new Dictionary<ushort, Node>();
        try
        {
            for (ushort id = 1; id <= 4; id++)
                nodes.Add(id, new Node(id, 0));
            Introduce(nodes);
            var server = new ChunkServerIncarnation(7, 1);
            nodes[1].Locations.Begin(server, new ChunkServerInfo { Port = 9422 });
            for (var batch = 0; batch < 100; batch++)
                Assert.True(nodes[1].Locations.Report(server, [.. Enumerable.Range(batch * 1000, 1000).Select(chunk => new ChunkCopy((ulong)chunk + 1, 1))]));
            Assert.True(nodes[1].Locations.Complete(server));
            await Eventually(() => nodes.Values.All(node => node.Locations.CountChunks(server) == 100_000 && node.Locations.FindServer(server)!.IsComplete), "all nodes have all chunks");

            nodes[1].Locations.ReportLost(server, [5]);
            await Eventually(() => nodes.Values.All(node => node.Locations.FindAll(5).Count == 0), "all nodes heard of the loss");

            var port = nodes[3].Link.EndPoint.Port;
            await nodes[3].DisposeAsync();
            nodes[3] = new Node(3, port);
            Introduce(nodes);
            await Eventually(() => nodes[3].Locations.CountChunks(server) == 99_999, "the restarted node has the full state");
            Assert.Equal(nodes[1].Locations.Dump(), nodes[3].Locations.Dump());
        }
        finally
        {
            foreach (var node in nodes.Values)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Without_streaming_changes_travel_with_the_gossip_interval()
    {
        var nodes = new Dictionary<ushort, Node>();
        try
        {
            for (ushort id = 1; id <= 3; id++)
                nodes.Add(id, new Node(id, 0, new RingOptions { AsyncReplication = false, GossipInterval = TimeSpan.FromMilliseconds(200) }));
            Introduce(nodes);
            var server = new ChunkServerIncarnation(7, 1);
            nodes[2].Locations.Begin(server, new ChunkServerInfo());
            nodes[2].Locations.Report(server, [new ChunkCopy(1, 1)]);
            await Eventually(() => nodes.Values.All(node => node.Locations.FindAll(1).Count == 1), "all nodes found out");
        }
        finally
        {
            foreach (var node in nodes.Values)
                await node.DisposeAsync();
        }
    }

    private static void Introduce(Dictionary<ushort, Node> nodes)
    {
        foreach (var node in nodes.Values)
        {
            foreach (var other in nodes.Values)
                node.Directory.Set(new NodeAddress(other.Link.Self, "127.0.0.1", other.Link.EndPoint.Port));
            node.Ring.SetMembers([.. nodes.Keys.Select(id => new NodeId(id))]);
        }
    }

    private static async Task Eventually(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Deadline, $"not within {Deadline}: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Node : IAsyncDisposable
    {
        public Node(ushort id, int port, RingOptions? options = null)
        {
            Link = new NodeLinkHost(new NodeLinkOptions { Self = new NodeId(id), Listen = new IPEndPoint(IPAddress.Loopback, port) }, Directory, NullLoggerFactory.Instance);
            Locations = new ChunkLocations(Link.Self);
            Ring = new RingReplicator(options ?? new RingOptions(), Link.Rpc, Link.Liveness, [Locations], TimeProvider.System, NullLogger.Instance);
            Link.Start();
            Ring.Start();
        }

        public NodeDirectory Directory { get; } = new([]);

        public NodeLinkHost Link { get; }

        public ChunkLocations Locations { get; }

        public RingReplicator Ring { get; }

        public async ValueTask DisposeAsync()
        {
            await Ring.DisposeAsync();
            await Link.DisposeAsync();
        }
    }
}

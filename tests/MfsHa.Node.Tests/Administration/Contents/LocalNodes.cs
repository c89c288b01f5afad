using MfsHa.Admin.Contract;
using MfsHa.Node.Administration;
using MfsHa.Node.Administration.Contents;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;

namespace MfsHa.Node.Tests.Administration.Contents;

/// <summary>Nodes that call each other within this process, with CRDT state of their own that goes from one to the other as a test says.</summary>
internal sealed class LocalNodes
{
    private readonly Dictionary<NodeId, Rpc> _nodes = [];

    /// <param name="count">Nodes.</param>
    /// <param name="former">Nodes of a release that cannot compare.</param>
    public LocalNodes(int count, params int[] former)
    {
        for (int id = 1; id <= count; id++)
        {
            var rpc = new Rpc(new NodeId((ushort)id), _nodes);
            _nodes.Add(rpc.Self, rpc);
            Peers.Add(new PeerOperations(rpc));
            ChunkLocations locations = new(rpc.Self);
            Locations.Add(locations);
            if (!former.Contains(id))
            {
                new OwnContents(locations, () => PositionOf(locations)).Register(Peers[^1]);
            }
        }
    }

    public List<PeerOperations> Peers { get; } = [];

    public List<ChunkLocations> Locations { get; } = [];

    public IReadOnlyList<NodeId> Ids => [.. _nodes.Keys];

    /// <summary>One node does not answer any more.</summary>
    public void Stop(int id) => _nodes[new NodeId((ushort)id)].IsDown = true;

    public Task<CompareCrdtReply> CompareAsync(CancellationToken cancellation) => new ContentComparison(Peers[0], TimeProvider.System).RunAsync(Ids, cancellation);

    /// <summary>Brings what one node has seen to another.</summary>
    public void Sync(int from, int to, Func<byte[], byte[]>? spoil = null)
    {
        var (source, target) = (Locations[from - 1], Locations[to - 1]);
        foreach (StreamId stream in DigestOf(source).Positions.Keys)
        {
            StreamPosition position = DigestOf(target).Positions.GetValueOrDefault(stream);
            var piece = new WireWriter();
            if (source.Read(stream, position, 1 << 20, piece, out long end) == ReadOutcome.Last)
            {
                byte[] bytes = piece.Written.ToArray();
                Assert.Equal(ApplyOutcome.Applied, target.Apply(stream, position.Seen, end, spoil?.Invoke(bytes) ?? bytes));
            }
        }
    }

    /// <summary>Brings ends of connections and decisions to another.</summary>
    public void SyncSummary(int from, int to)
    {
        var summary = new WireWriter();
        Locations[from - 1].WriteSummary(summary);
        Locations[to - 1].MergeSummary(summary.Written.Span);
    }

    private static StreamDigest DigestOf(ChunkLocations locations)
    {
        var digest = new StreamDigest();
        locations.AddDigest(digest);
        return digest;
    }

    private static CrdtPosition PositionOf(ChunkLocations locations) =>
        CrdtComparison.PositionOf(DigestOf(locations), [.. locations.Servers.Where(static s => !s.IsConnected).Select(static s => s.Incarnation)]);

    private sealed class Rpc(NodeId self, Dictionary<NodeId, Rpc> nodes) : INodeRpc
    {
        private readonly Dictionary<RpcMethod, RpcHandler> _handlers = [];

        public bool IsDown { get; set; }

        public NodeId Self { get; } = self;

        public void Handle(RpcMethod method, RpcHandler handler) => _handlers.Add(method, handler);

        public async ValueTask<ReadOnlyMemory<byte>> CallAsync(NodeId to, RpcMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
        {
            if (nodes[to].IsDown)
            {
                throw new PeerUnavailableException(to, "down");
            }

            try
            {
                return await nodes[to]._handlers[method](Self, request, cancellation);
            }
            catch (NotSupportedException e)
            {
                throw new RpcException(to, e.Message);
            }
        }

        public bool TryPost(NodeId to, RpcMethod method, ReadOnlyMemory<byte> message) => false;
    }
}

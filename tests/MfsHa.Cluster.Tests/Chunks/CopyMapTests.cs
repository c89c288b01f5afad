using MfsHa.Cluster.Chunks;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using Xunit;

namespace MfsHa.Cluster.Tests.Chunks;

public sealed class CopyMapTests
{
    private const ulong Chunk = 100;

    private static readonly ChunkServerInfo Info = new() { Ip = 0x0A000001, Port = 9422, Version = 0x04380C };
    private static readonly ChunkServerIncarnation Before = new(2, 2);
    private static readonly ChunkServerIncarnation After = new(2, 4);
    private static readonly ChunkServerIncarnation Other = new(3, 3);

    private readonly ChunkLocations locations = new(new NodeId(1));

    [Fact]
    public void Chunkserver_that_connected_anew_after_an_order_is_one_copy_and_not_two()
    {
        var copies = new CopyMap(locations, new AllAlive(), TimeProvider.System);
        Report(Before, 1);
        Report(Other, 1);
        copies.Executed(Chunk, 2, [.. copies.Find(Chunk).Select(static copy => copy.Server)]);
        Assert.Equal([(Before, 2u), (Other, 2u)], Found());

        Report(After, 2);
        Assert.Equal([(Other, 2u), (After, 2u)], Found());

        IEnumerable<(ChunkServerIncarnation, uint)> Found()
            => copies.Find(Chunk).Select(static copy => (copy.Server.Incarnation, copy.Version)).OrderBy(static copy => copy.Incarnation.Epoch);
    }

    [Fact]
    public void Order_that_was_overtaken_hides_nothing_of_the_later_one()
    {
        var copies = new CopyMap(locations, new AllAlive(), TimeProvider.System);
        Report(Before, 1);
        Report(Other, 1);
        var servers = copies.Find(Chunk).ConvertAll(static copy => copy.Server);
        copies.Executed(Chunk, 2, [servers.Single(static s => s.Incarnation == Other)]);
        copies.Executed(Chunk, 1, [servers.Single(static s => s.Incarnation == Before)]);
        Assert.Equal([(Before, 1u), (Other, 2u)], copies.Find(Chunk).Select(static copy => (copy.Server.Incarnation, copy.Version)).OrderBy(static copy => copy.Incarnation.Epoch));
    }

    private void Report(ChunkServerIncarnation connection, uint version)
    {
        locations.Begin(connection, Info);
        Assert.True(locations.Report(connection, [new ChunkCopy(Chunk, version)]));
        Assert.True(locations.Complete(connection));
    }

    private sealed class AllAlive : IPeerLiveness
    {
        public event Action<NodeId, bool>? Changed
        {
            add { }
            remove { }
        }

        public bool IsAlive(NodeId peer) => true;
    }
}

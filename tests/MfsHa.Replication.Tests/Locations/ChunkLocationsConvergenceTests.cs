using CsCheck;
using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;
using Xunit;

namespace MfsHa.Replication.Tests.Locations;

/// <summary>Replicas that have seen the same are the same, however it reached them.</summary>
public sealed class ChunkLocationsConvergenceTests
{
    private const int Nodes = 3;

    private static readonly Gen<int[]> Program = Gen.Int[0, int.MaxValue].Array[0, 300];

    private static readonly int[][] Orders = [[0, 1, 2], [2, 1, 0], [1, 0, 2, 1, 0, 2], [0, 0, 1, 1, 2, 2]];

    [Fact]
    public void Merging_does_not_depend_on_order_grouping_and_number()
        => Program.Sample(
            program =>
            {
                var writers = Run(program, maxTombstones: 1000, exchange: false).Nodes;
                var dumps = Orders.Select(order =>
                {
                    var merged = New(99);
                    foreach (var writer in order)
                        writers[writer].SyncTo(merged);
                    return merged.Dump();
                }).ToList();

                // (0 + 1) + 2 = 0 + (1 + 2)
                var left = New(98);
                var right = New(97);
                var zeroAndOne = New(96);
                writers[0].SyncTo(zeroAndOne);
                writers[1].SyncTo(zeroAndOne);
                zeroAndOne.SyncTo(left);
                writers[2].SyncTo(left);
                var oneAndTwo = New(95);
                writers[1].SyncTo(oneAndTwo);
                writers[2].SyncTo(oneAndTwo);
                writers[0].SyncTo(right);
                oneAndTwo.SyncTo(right);
                Assert.All(dumps.Append(left.Dump()).Append(right.Dump()), dump => Assert.Equal(dumps[0], dump));
            },
            iter: 200);

    [Theory]
    [InlineData(1000)]
    [InlineData(3)] // removals are forgotten all the time, so that replicas must start streams again
    [InlineData(0)]
    public void Replicas_converge_to_what_was_reported(int maxTombstones)
        => Program.Sample(
            program =>
            {
                var run = Run(program, maxTombstones, exchange: true);
                for (var round = 0; round < 2; round++)
                {
                    foreach (var from in run.Nodes)
                    {
                        foreach (var to in run.Nodes.Where(to => to != from))
                            from.SyncTo(to);
                    }
                }

                Assert.Equal(run.Nodes[0].Dump(), run.Nodes[1].Dump());
                Assert.Equal(run.Nodes[0].Dump(), run.Nodes[2].Dump());
                run.Model.AssertSame(run.Nodes[1]);
            },
            iter: 300);

    [Fact]
    public void A_broken_piece_is_refused_and_changes_nothing()
    {
        var source = New(1);
        var id = new ChunkServerIncarnation(1, 1);
        source.Begin(id, new ChunkServerInfo());
        source.Report(id, [.. Enumerable.Range(1, 20).Select(i => new ChunkCopy((ulong)i, (uint)i))]);
        source.ReportLost(id, [3, 4]);
        var stream = new StreamId(ChunkLocations.StreamKind, 1, 1);
        var piece = new WireWriter();
        source.Read(stream, default, 10_000, piece, out var to);
        var good = piece.Written.ToArray();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample((position, value, length) =>
        {
            var broken = good[..length];
            if (position < length)
                broken[position] = value;
            var target = New(2);
            var empty = target.Dump();
            try
            {
                target.Apply(stream, 0, to, broken);
            }
            catch (InvalidDataException)
            {
                // Its begin may have made the stream known, but nothing of its content.
                Assert.Equal(empty, target.Dump());
            }
        });
    }

    private static ChunkLocations New(ushort node, int maxTombstones = 1000) => new(new NodeId(node), new ChunkLocationsOptions { MaxTombstones = maxTombstones });

    internal static (ChunkLocations[] Nodes, LocationModel Model) Run(int[] program, int maxTombstones, bool exchange, Action<ChunkLocations[]>? observe = null)
    {
        var nodes = Enumerable.Range(1, Nodes).Select(node => New((ushort)node, maxTombstones)).ToArray();
        var model = new LocationModel();
        var epoch = 0ul;
        foreach (var number in program)
        {
            var random = new Random(number);
            var server = (ushort)random.Next(1, 4);
            var choice = random.Next(100);
            if (choice < 8)
            {
                // A chunkserver connects to one node; the epoch is given out by the cluster, so it is new everywhere.
                var node = random.Next(Nodes);
                var id = new ChunkServerIncarnation(server, ++epoch);
                nodes[node].Begin(id, new ChunkServerInfo { Load = (uint)random.Next(10) });
                model.Begin(id, node);
            }
            else if (choice < 85)
            {
                if (model.Newest(server) is { } current)
                    Act(nodes[current.Node], model, current.Id, random);
            }
            else if (exchange && choice < 97)
            {
                var (from, to) = (random.Next(Nodes), random.Next(Nodes));
                if (from != to)
                    Exchange(nodes[from], nodes[to], random);
            }
            else if (choice == 97 && model.Newest(server) is { } dropped)
            {
                nodes[random.Next(Nodes)].Drop(dropped.Id);
                model.Drop(dropped.Id);
            }

            if (random.Next(20) == 0)
                nodes[random.Next(Nodes)].Maintain(random.Next(20));
            observe?.Invoke(nodes);
        }

        return (nodes, model);
    }

    private static void Act(ChunkLocations node, LocationModel model, ChunkServerIncarnation id, Random random)
    {
        var chunk = ((ulong)random.Next(3) << 56) | (uint)random.Next(1, 12);
        switch (random.Next(10))
        {
            case < 5:
                var copy = new ChunkCopy(chunk, (uint)random.Next(1, 4), (ChunkFlags)random.Next(2));
                if (node.Report(id, [copy]))
                    model.Report(id, copy);
                break;
            case < 7:
                if (node.ReportLost(id, [chunk]))
                    model.Lost(id, chunk);
                break;
            case 7:
                var info = new ChunkServerInfo { Load = (uint)random.Next(10) };
                if (node.UpdateInfo(id, info))
                    model.Info(id, info);
                break;
            case 8:
                if (node.Complete(id))
                    model.Complete(id);
                break;
            default:
                if (random.Next(3) == 0 && node.Disconnect(id))
                    model.Disconnect(id);
                break;
        }
    }

    /// <summary>Some pieces of some streams, lost, repeated and too early ones among them.</summary>
    private static void Exchange(ChunkLocations from, ChunkLocations to, Random random)
    {
        if (random.Next(3) == 0)
        {
            from.SyncTo(to, random.Next(20, 200));
            return;
        }

        foreach (var (stream, position) in from.Digest())
        {
            var piece = new WireWriter();
            var known = to.Digest().GetValueOrDefault(stream);
            var start = random.Next(6) switch
            {
                0 => StreamPosition.At(random.NextInt64(0, position.Seen + 1)),
                1 => default,
                _ => known,
            };
            switch (from.Read(stream, start, random.Next(2) == 0 ? random.Next(20, 200) : 100_000, piece, out var end))
            {
                case ReadOutcome.Restart when random.Next(2) == 0 && start == known:
                    to.Restart(stream);
                    break;
                case ReadOutcome.Last or ReadOutcome.More:
                    to.Apply(stream, start.Seen, end, piece.Written.Span);
                    if (random.Next(3) == 0)
                        to.Apply(stream, start.Seen, end, piece.Written.Span);
                    break;
            }
        }
    }
}

using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Locations.Comparison;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;
using Xunit;

namespace MfsHa.Replication.Tests.Locations;

/// <summary>Nodes that compare their contents see what is there, whatever happens meanwhile.</summary>
public sealed class ContentComparisonTests
{
    private static readonly Guid Comparison = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    private static readonly ChunkServerIncarnation Server = new(1, 1);
    private static readonly StreamId Stream = new(ChunkLocations.StreamKind, 1, 1);

    /// <summary>
    /// Each program is run with scans that go on in small steps between all its turns; what a scan says then is what a new one counts from the beginning, and replicas that were at the same change
    /// say the same of it.
    /// </summary>
    [Theory]
    [InlineData(1000)]
    [InlineData(3)] // removals are forgotten all the time, so that streams are read anew
    [InlineData(0)]
    public void A_scan_says_what_a_recount_says_and_replicas_agree(int maxTombstones)
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            var program = Enumerable.Range(0, random.Next(1, 300)).Select(_ => random.Next()).ToArray();
            var known = new Dictionary<(ChunkServerIncarnation Stream, long Seen), ContentState>();
            var turn = 0;
            var (nodes, _) = ChunkLocationsConvergenceTests.Run(program, maxTombstones, exchange: true, now =>
            {
                turn++;
                foreach (var node in now)
                {
                    foreach (var (stream, _) in node.Clock())
                        Check(node.Scan(Comparison, stream, random.Next(1, 6)), stream);
                    if (turn % 7 == 0)
                        AssertRecount(node);
                }
            });
            Assert.All(nodes, AssertRecount);

            void Check(ScanStep step, ChunkServerIncarnation stream)
            {
                foreach (var state in step.States)
                {
                    Assert.True(!known.TryGetValue((stream, state.Seen), out var other) || other == state, $"seed {seed}, turn {turn}, {stream}: {state} and {other}");
                    known[(stream, state.Seen)] = state;
                }
            }

            void AssertRecount(ChunkLocations node)
            {
                foreach (var (stream, _) in node.Clock())
                {
                    var recount = Guid.NewGuid();
                    var counted = Whole(node, stream, recount).States[^1];
                    node.EndScans(recount);
                    Assert.Equal(node.CountChunks(stream), counted.Copies);
                    var scanned = Whole(node, stream, Comparison);
                    Assert.True(scanned.States[^1] == counted, $"seed {seed}, turn {turn}, {stream}: {scanned.States[^1]}, counted anew {counted}");
                    Check(scanned, stream);
                }
            }
        }
    }

    [Fact]
    public void A_replica_that_remembers_something_else_has_another_checksum()
    {
        var (writer, replica) = Differing(out var chunk);
        var (own, other) = (Whole(writer, Server, Comparison).States[^1], Whole(replica, Server, Comparison).States[^1]);
        Assert.Equal(own with { Checksum = other.Checksum }, other);
        Assert.NotEqual(own.Checksum, other.Checksum);
        var (copy, seen) = replica.FindCopy(Server, chunk)!.Value;
        Assert.Equal((own.Seen, true), (seen, copy.IsPresent));
        Assert.NotEqual(writer.FindCopy(Server, chunk)!.Value.Copy, copy);
    }

    [Fact]
    public void Copies_are_read_page_by_page_and_removed_ones_are_left_out()
    {
        var writer = Writer(20);
        writer.ReportLost(Server, [3, 7]);
        writer.Report(Server, [new ChunkCopy(5, 9)]);
        var read = new List<CopyState>();
        var page = new CopyState[4];
        long cursor = 0;
        for (var isEnd = false; !isEnd;)
            read.AddRange(page[..writer.ReadCopies(Server, ref cursor, page, out isEnd)]);
        Assert.Equal([1, 2, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 5], read.Select(static copy => (int)copy.ChunkId));
        Assert.Equal((24L, 9u), (read[^1].Sequence, read[^1].Version));
        Assert.Equal((new CopyState(99, 0, 0, ChunkFlags.None, false), 24L), writer.FindCopy(Server, 99));
    }

    [Fact]
    public void What_ends_or_is_forgotten_costs_nothing_more()
    {
        var writer = Writer(10);
        Assert.Equal(ScanOutcome.UnderWay, writer.Scan(Comparison, Server, 1).Outcome);
        for (var other = 2; other <= MfsHa.Replication.Locations.StreamContent.MaxScans; other++)
            Assert.Equal(ScanOutcome.CaughtUp, writer.Scan(Guid.NewGuid(), Server, 100).Outcome);
        Assert.Equal(ScanOutcome.Refused, writer.Scan(Guid.NewGuid(), Server, 100).Outcome);
        for (var tick = 0; tick <= ChunkLocations.MaxIdleTicks; tick++)
        {
            Assert.Equal(ScanOutcome.CaughtUp, Whole(writer, Server, Comparison).Outcome);
            writer.Tick(static _ => 0);
        }

        // The others are forgotten by now.
        Assert.Equal(ScanOutcome.CaughtUp, writer.Scan(Guid.NewGuid(), Server, 100).Outcome);
        writer.EndScans(Comparison);
        Assert.Equal(ScanOutcome.UnderWay, writer.Scan(Comparison, Server, 1).Outcome);
        writer.Drop(Server);
        Assert.Equal(ScanOutcome.Over, writer.Scan(Comparison, Server, 1).Outcome);
        Assert.Equal(ScanOutcome.Unknown, writer.Scan(Comparison, new(2, 1), 1).Outcome);
        Assert.Null(writer.FindCopy(Server, 1));
        Assert.Equal([((ushort)1, 2ul)], writer.Dropped());
    }

    [Fact]
    public void States_that_others_read_are_remembered_while_the_stream_goes_on()
    {
        var writer = Writer(10);
        var replica = new ChunkLocations(new NodeId(2));
        writer.SyncTo(replica, 100_000);
        Whole(writer, Server, Comparison);
        Whole(replica, Server, Comparison);
        for (var version = 1u; version <= 20; version++)
        {
            writer.Report(Server, [new ChunkCopy(5, version)]);
            writer.Report(Server, [new ChunkCopy(6, version)]);
            writer.SyncTo(replica, 100_000);
        }

        writer.Report(Server, [new ChunkCopy(7, 77)]);
        var own = Whole(writer, Server, Comparison).States;
        var other = Whole(replica, Server, Comparison).States;
        Assert.Equal(own.SkipLast(1), other);
        Assert.Equal(own[^2].Seen + 1, own[^1].Seen);
        Assert.True(own.Count > 15);
    }

    private static ScanStep Whole(ChunkLocations node, ChunkServerIncarnation stream, Guid comparison)
    {
        ScanStep step;
        while ((step = node.Scan(comparison, stream, 5)).Outcome == ScanOutcome.UnderWay)
        {
            // Each step counts on.
        }

        return step;
    }

    private static ChunkLocations Writer(int chunks)
    {
        var writer = new ChunkLocations(new NodeId(1));
        writer.Begin(Server, new ChunkServerInfo());
        writer.Report(Server, [.. Enumerable.Range(1, chunks).Select(static chunk => new ChunkCopy((ulong)chunk, 1))]);
        return writer;
    }

    /// <summary>A replica to which a piece came that was not what its sender has: a version is another one.</summary>
    private static (ChunkLocations Writer, ChunkLocations Replica) Differing(out ulong chunk)
    {
        var writer = Writer(20);
        var piece = new WireWriter();
        writer.Read(Stream, default, 100_000, piece, out var to);
        var bytes = piece.Written.ToArray();
        // The last copy: its flags are the last byte, its version the four before.
        bytes[^2] ^= 6;
        var replica = new ChunkLocations(new NodeId(2));
        Assert.Equal(ApplyOutcome.Applied, replica.Apply(Stream, 0, to, bytes));
        chunk = 20;
        return (writer, replica);
    }
}

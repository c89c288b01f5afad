using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;
using Xunit;

namespace MfsHa.Replication.Tests.Locations;

/// <summary>The sender of a stream dies between two of its pieces.</summary>
public sealed class PieceStagingTests
{
    private static readonly ChunkServerIncarnation Server = new(1, 1);
    private static readonly StreamId Stream = new(ChunkLocations.StreamKind, 1, 1);

    private readonly ChunkLocations _writer = new(new NodeId(1));
    private readonly ChunkLocations _behind = new(new NodeId(2));
    private readonly ChunkLocations _replica = new(new NodeId(3));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_hole_is_seen_and_none_stays(bool knewTheStream)
    {
        _writer.Begin(Server, new ChunkServerInfo());
        if (knewTheStream)
            _writer.SyncTo(_replica);
        _writer.Report(Server, [.. Enumerable.Range(1, 40).Select(chunk => new ChunkCopy((ulong)chunk, 1))]);
        _writer.SyncTo(_behind);
        // The first pieces of the writer leave out the chunks that it gives with the last one, which never comes.
        _writer.Report(Server, [.. Enumerable.Range(1, 10).Select(chunk => new ChunkCopy((ulong)chunk, 2))]);
        var before = _replica.Dump();
        Assert.Equal(ApplyOutcome.Applied, Give(_writer, ReadOutcome.More));
        Assert.Equal(before, _replica.Dump());
        Assert.True(_replica.Digest()[Stream].Seen > 1);

        // Who has not got so far cannot help at first; later nobody else is left.
        Assert.Equal(ApplyOutcome.Refused, Give(_behind, ReadOutcome.More));
        for (var tick = 0; tick <= ChunkLocations.MaxStuckTicks; tick++)
        {
            Assert.Equal(before, _replica.Dump());
            _replica.Tick(_ => 0);
        }

        _behind.SyncTo(_replica);
        Assert.Equal(_behind.Dump(), _replica.Dump());
        Assert.Equal(40, _replica.CountChunks(Server));
        Assert.Equal(_behind.Digest()[Stream], _replica.Digest()[Stream]);
    }

    [Fact]
    public void A_replica_in_the_middle_of_pieces_gives_only_what_it_shows()
    {
        _writer.Begin(Server, new ChunkServerInfo());
        _writer.SyncTo(_replica);
        _writer.Report(Server, [.. Enumerable.Range(1, 40).Select(chunk => new ChunkCopy((ulong)chunk, 1))]);
        Give(_writer, ReadOutcome.More);
        _replica.SyncTo(_behind);
        Assert.Equal(_replica.Dump(), _behind.Dump());
        Assert.Equal(1, _behind.Digest()[Stream].Seen);
        while (_replica.Digest()[Stream].Seen < 41)
            Give(_writer, null);
        Assert.Equal(_writer.Dump(), _replica.Dump());
    }

    private ApplyOutcome Give(ChunkLocations from, ReadOutcome? expected)
    {
        var piece = new WireWriter();
        var position = _replica.Digest().GetValueOrDefault(Stream);
        var outcome = from.Read(Stream, position, 150, piece, out var to);
        if (expected is { } wanted)
            Assert.Equal(wanted, outcome);
        return _replica.Apply(Stream, position.Seen, to, piece.Written.Span);
    }
}

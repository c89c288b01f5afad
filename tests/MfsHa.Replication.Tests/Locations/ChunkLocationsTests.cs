using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;
using Xunit;

namespace MfsHa.Replication.Tests.Locations;

public sealed class ChunkLocationsTests
{
    private static readonly ChunkServerIncarnation One = new(1, 10);
    private static readonly ChunkServerIncarnation Two = new(2, 11);
    private static readonly ChunkServerInfo Info = new() { Ip = 0x0A000001, Port = 9422, Version = 0x04380C };

    private readonly ChunkLocations _locations = new(new NodeId(1));

    [Fact]
    public void What_was_reported_is_found()
    {
        _locations.Begin(One, Info);
        _locations.Begin(Two, Info);
        Assert.True(_locations.Report(One, [new(100, 1), new(101, 2, ChunkFlags.MarkedForRemoval)]));
        Assert.True(_locations.Report(Two, [new(100, 3)]));
        Assert.Equal(["cs1@10/0v1", "cs2@11/0v3"], _locations.FindAll(100));
        Assert.Equal(["cs1@10/0v2!MarkedForRemoval"], _locations.FindAll(101));
        Assert.Empty(_locations.FindAll(102));
        Assert.Equal(2, _locations.CountChunks(One));
        var location = new ChunkLocation[1];
        Assert.Equal(2, _locations.Find(100, location));
        Assert.Same(Info, location[0].Server.Info);
    }

    [Fact]
    public void What_another_node_knew_better_is_counted_once()
    {
        var other = new ChunkLocations(new NodeId(2));
        _locations.Begin(One, Info);
        _locations.Begin(Two, Info);
        _locations.Disconnect(One);
        _locations.Drop(Two);
        _locations.SyncTo(other);
        _locations.SyncTo(other);
        Assert.Equal((1, 1), (other.Merges.Raised, other.Merges.Ended));
        Assert.Equal(default, _locations.Merges);
    }

    [Fact]
    public void Parts_of_a_chunk_are_found_by_its_number()
    {
        _locations.Begin(One, Info);
        _locations.Report(One, [new(7, 1), new((0x20ul << 56) | 7, 2), new((0x21ul << 56) | 7, 3)]);
        Assert.Equal(["cs1@10/0v1", "cs1@10/20v2", "cs1@10/21v3"], _locations.FindAll(7));
        Assert.Equal(3, _locations.FindAll((0x99ul << 56) | 7).Count);
        _locations.ReportLost(One, [(0x20ul << 56) | 7]);
        Assert.Equal(["cs1@10/0v1", "cs1@10/21v3"], _locations.FindAll(7));
    }

    [Fact]
    public void Lost_damaged_and_changed_copies_show()
    {
        _locations.Begin(One, Info);
        _locations.Report(One, [new(1, 1), new(2, 1), new(3, 1)]);
        _locations.Report(One, [new(1, 2)]);
        _locations.ReportDamaged(One, [2, 9]);
        _locations.ReportLost(One, [3, 77]);
        Assert.Equal(["cs1@10/0v2"], _locations.FindAll(1));
        Assert.Equal(["cs1@10/0v1!Damaged"], _locations.FindAll(2));
        Assert.Empty(_locations.FindAll(3));
        Assert.Equal(["cs1@10/0v0!Damaged"], _locations.FindAll(9));
        Assert.Equal(3, _locations.CountChunks(One));
        _locations.Report(One, [new(3, 5)]);
        Assert.Equal(["cs1@10/0v5"], _locations.FindAll(3));
    }

    [Fact]
    public void A_report_that_changes_nothing_is_no_change()
    {
        _locations.Begin(One, Info);
        _locations.Report(One, [new(1, 1), new(2, 1)]);
        var before = _locations.Digest();
        _locations.Report(One, [new(1, 1), new(2, 1)]);
        _locations.UpdateInfo(One, Info with { });
        Assert.Equal(before, _locations.Digest());
    }

    [Fact]
    public void After_a_disconnect_the_locations_stay_but_nothing_more_is_taken()
    {
        _locations.Begin(One, Info);
        _locations.Report(One, [new(1, 1)]);
        Assert.True(_locations.Disconnect(One));
        Assert.Equal(["cs1@10/0v1"], _locations.FindAll(1));
        Assert.False(_locations.FindServer(One)!.IsConnected);
        Assert.False(_locations.Report(One, [new(2, 1)]));
        Assert.False(_locations.ReportLost(One, [1]));
        Assert.False(_locations.Complete(One));
        Assert.False(_locations.Disconnect(One));
    }

    [Fact]
    public void While_a_chunkserver_registers_anew_its_former_report_fills_in()
    {
        _locations.Begin(One, Info);
        _locations.Report(One, [new(1, 1), new(2, 1), new(3, 1)]);
        _locations.Complete(One);
        _locations.Disconnect(One);
        var again = One with { Epoch = 20 };
        _locations.Begin(again, Info);
        _locations.Report(again, [new(1, 2)]);
        _locations.ReportLost(again, [2]);
        Assert.Equal(["cs1@20/0v2"], _locations.FindAll(1));
        Assert.Empty(_locations.FindAll(2));
        Assert.Equal(["cs1@10/0v1"], _locations.FindAll(3));

        Assert.True(_locations.Complete(again));
        Assert.Empty(_locations.FindAll(3));
        Assert.Null(_locations.FindServer(One));
        Assert.False(_locations.Report(One, [new(5, 1)]));
        Assert.False(_locations.Disconnect(One));
        Assert.True(_locations.FindServer(again)!.IsComplete);
    }

    [Fact]
    public void A_connection_that_is_not_newer_is_refused()
    {
        _locations.Begin(One, Info);
        Assert.Throws<ArgumentException>(() => _locations.Begin(One, Info));
        Assert.Throws<ArgumentException>(() => _locations.Begin(One with { Epoch = 9 }, Info));
        _locations.Drop(One);
        Assert.Throws<ArgumentException>(() => _locations.Begin(One, Info));
        _locations.Begin(One with { Epoch = 11 }, Info);
    }

    [Fact]
    public void A_dropped_connection_is_gone_and_its_memory_is_given_back_piece_by_piece()
    {
        _locations.Begin(One, Info);
        _locations.Begin(Two, Info);
        _locations.Report(One, [.. Enumerable.Range(1, 100).Select(i => new ChunkCopy((ulong)i, 1))]);
        _locations.Report(Two, [new(100, 1)]);
        _locations.Drop(One);
        Assert.Equal(["cs2@11/0v1"], _locations.FindAll(100));
        Assert.Empty(_locations.ReadAll(One));
        Assert.Equal(100, _locations.ChunkCount);
        Assert.True(_locations.Maintain(30));
        Assert.Equal(70, _locations.ChunkCount);
        Assert.False(_locations.Maintain(1000));
        Assert.Equal(1, _locations.ChunkCount);

        // The slot is used again and shows nothing of its former owner.
        var third = new ChunkServerIncarnation(3, 12);
        _locations.Begin(third, Info);
        _locations.Report(third, [new(50, 9)]);
        Assert.Equal(["cs3@12/0v9"], _locations.FindAll(50));
    }

    [Fact]
    public void Changes_are_told_outside_all_locks()
    {
        var told = new List<ChunkServerStatus?>();
        _locations.ServerChanged += incarnation => told.Add(_locations.FindServer(incarnation));
        _locations.Changed += () => Assert.True(_locations.Find(1, []) >= 0);
        _locations.Begin(One, Info);
        _locations.UpdateInfo(One, Info with { Load = 5 });
        _locations.Complete(One);
        _locations.Disconnect(One);
        _locations.Drop(One);
        Assert.Equal([(0u, true, false), (5u, true, false), (5u, true, true), (5u, false, true)], told.Take(4).Select(status => (status!.Info.Load, status.IsConnected, status.IsComplete)));
        Assert.Null(Assert.Single(told.Skip(4)));
    }

    [Fact]
    public void Another_nodes_connection_is_not_written_here()
    {
        var other = new ChunkLocations(new NodeId(2));
        other.Begin(One, Info);
        other.SyncTo(_locations);
        Assert.Throws<ArgumentException>(() => _locations.Report(One, [new(1, 1)]));
        Assert.Equal(new NodeId(2), _locations.FindServer(One)!.Gateway);
        // But anybody may say that it ended.
        Assert.True(_locations.Disconnect(One));
        _locations.SyncTo(other);
        Assert.False(other.Report(One, [new(1, 1)]));
    }

    [Fact]
    public void A_replica_supersedes_the_former_connection_only_when_it_has_the_whole_new_report()
    {
        var other = new ChunkLocations(new NodeId(2));
        other.Begin(One, Info);
        other.Report(One, [new(1, 1)]);
        other.Complete(One);
        other.SyncTo(_locations);
        var again = One with { Epoch = 20 };
        other.Begin(again, Info);
        other.Report(again, [.. Enumerable.Range(1, 50).Select(i => new ChunkCopy((ulong)i, 2))]);
        other.Complete(again);

        // Only the first piece arrives: the register says "complete" already, the chunks do not.
        var piece = new WireWriter();
        var stream = new StreamId(ChunkLocations.StreamKind, again.ChunkServerId, again.Epoch);
        Assert.Equal(ReadOutcome.More, other.Read(stream, default, 100, piece, out var to));
        Assert.Equal(ApplyOutcome.Applied, _locations.Apply(stream, 0, to, piece.Written.Span));
        Assert.Null(_locations.FindServer(again));
        Assert.NotNull(_locations.FindServer(One));
        other.SyncTo(_locations);
        Assert.True(_locations.FindServer(again)!.IsComplete);
        Assert.Null(_locations.FindServer(One));
        Assert.Equal(other.Dump(), _locations.Dump());
    }

    [Fact]
    public void A_replica_that_starts_a_stream_again_shows_what_it_had_until_it_has_caught_up()
    {
        var other = new ChunkLocations(new NodeId(2));
        other.Begin(One, Info);
        other.Report(One, [.. Enumerable.Range(1, 50).Select(i => new ChunkCopy((ulong)i, 1))]);
        other.SyncTo(_locations);
        other.ReportLost(One, [1]);
        other.Tick(_ => long.MaxValue);
        other.Report(One, [new(60, 1)]);

        var stream = new StreamId(ChunkLocations.StreamKind, One.ChunkServerId, One.Epoch);
        var piece = new WireWriter();
        Assert.Equal(ReadOutcome.Restart, other.Read(stream, _locations.Digest()[stream], 100, piece, out _));
        _locations.Restart(stream);
        Assert.Equal(0, _locations.Digest()[stream].Seen);
        for (var more = true; more;)
        {
            var position = _locations.Digest()[stream];
            Assert.Equal(["cs1@10/0v1"], _locations.FindAll(50));
            Assert.Equal(["cs1@10/0v1"], _locations.FindAll(1));
            Assert.Empty(_locations.FindAll(60));
            piece.Clear();
            more = other.Read(stream, position, 100, piece, out var to) == ReadOutcome.More;
            Assert.Equal(ApplyOutcome.Applied, _locations.Apply(stream, position.Seen, to, piece.Written.Span));
        }

        Assert.Empty(_locations.FindAll(1));
        Assert.Equal(["cs1@10/0v1"], _locations.FindAll(60));
        Assert.Equal(other.Dump(), _locations.Dump());
        _locations.Maintain(1000);
        Assert.Equal(50, _locations.ChunkCount);
    }

    [Fact]
    public void Versions_of_more_than_31_bits_are_refused()
    {
        _locations.Begin(One, Info);
        Assert.Throws<ArgumentOutOfRangeException>(() => _locations.Report(One, [new(1, 1u << 31)]));
    }

    [Fact]
    public void Removals_seen_by_all_are_forgotten_and_take_no_memory()
    {
        _locations.Begin(One, Info);
        _locations.Report(One, [.. Enumerable.Range(1, 1000).Select(i => new ChunkCopy((ulong)i, 1))]);
        _locations.ReportLost(One, [.. Enumerable.Range(1, 1000).Select(i => (ulong)i)]);
        Assert.Equal(1000, _locations.ChunkCount);
        _locations.Tick(_ => 1501);
        Assert.Equal(500, _locations.ChunkCount);
        _locations.Tick(_ => long.MaxValue);
        Assert.Equal(0, _locations.ChunkCount);
    }

    [Fact]
    public void Reports_from_many_threads_and_lookups_meet_without_harm()
    {
        var other = new ChunkLocations(new NodeId(2));
        var failures = 0;
        Parallel.For(1, 9, new ParallelOptions { MaxDegreeOfParallelism = 8 }, server =>
        {
            for (ulong epoch = 1; epoch <= 5; epoch++)
            {
                var incarnation = new ChunkServerIncarnation((ushort)server, epoch);
                _locations.Begin(incarnation, Info);
                for (var batch = 0; batch < 20; batch++)
                    _locations.Report(incarnation, [.. Enumerable.Range(batch * 50, 50).Select(i => new ChunkCopy((ulong)i, (uint)epoch))]);
                _locations.Complete(incarnation);
                if (server == 1)
                    _locations.SyncTo(other, 1000);
                if (server == 2)
                    _locations.Maintain(10_000);
                foreach (var found in _locations.FindAll(5).Where(text => text.StartsWith($"cs{server}@", StringComparison.Ordinal)))
                    failures += found == $"cs{server}@{epoch}/0v{epoch}" ? 0 : 1;
            }
        });
        Assert.Equal(0, failures);
        while (_locations.Maintain(10_000))
        {
        }

        _locations.SyncTo(other, 1000);
        Assert.Equal(8, _locations.Servers.Count);
        Assert.Equal(1000, _locations.ChunkCount);
        Assert.Equal(_locations.Dump(), other.Dump());
    }
}

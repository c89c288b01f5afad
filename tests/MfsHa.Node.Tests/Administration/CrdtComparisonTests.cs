using MfsHa.Admin.Contract;
using MfsHa.Node.Administration;

namespace MfsHa.Node.Tests.Administration;

public sealed class CrdtComparisonTests
{
    [Fact]
    public void Who_has_everything_lacks_nothing()
    {
        CrdtPosition one = Position(Stream(1, 5, 100), Stream(2, 3, 7, ended: true));
        Assert.Empty(CrdtComparison.Missing(CrdtComparison.Union([one, one.Clone()]), one));

        // What has come since is more than what was known.
        Assert.Empty(CrdtComparison.Missing(one, Position(Stream(1, 5, 101), Stream(2, 3, 8, ended: true), Stream(3, 1, 1))));
    }

    [Fact]
    public void What_any_node_has_is_missed_by_those_that_do_not_have_it()
    {
        CrdtPosition[] nodes = [Position(Stream(1, 5, 100), Stream(2, 3, 7)), Position(Stream(1, 5, 90), Stream(2, 3, 8, ended: true)), Position()];
        CrdtPosition known = CrdtComparison.Union(nodes);
        Assert.Equal([Missing(2, 3, 7, 8, end: true)], CrdtComparison.Missing(known, nodes[0]));
        Assert.Equal([Missing(1, 5, 90, 100)], CrdtComparison.Missing(known, nodes[1]));
        Assert.Equal([Missing(1, 5, 0, 100), Missing(2, 3, 0, 8, end: true)], CrdtComparison.Missing(known, nodes[2]));
    }

    [Fact]
    public void The_end_alone_may_be_missing()
    {
        CrdtPosition[] nodes = [Position(Stream(1, 5, 9, ended: true)), Position(Stream(1, 5, 9))];
        Assert.Equal([Missing(1, 5, 9, 9, end: true)], CrdtComparison.Missing(CrdtComparison.Union(nodes), nodes[1]));
    }

    [Fact]
    public void A_connection_that_a_later_one_has_superseded_is_missed_by_nobody()
    {
        CrdtPosition ahead = Position(Stream(1, 6, 50));
        ahead.Floors.Add(new CrdtFloor { ChunkServer = 1, Epoch = 6 });
        CrdtPosition behind = Position(Stream(1, 5, 100), Stream(1, 6, 20));
        CrdtPosition known = CrdtComparison.Union([ahead, behind]);
        Assert.Empty(CrdtComparison.Missing(known, ahead));
        Assert.Equal([Missing(1, 6, 20, 50)], CrdtComparison.Missing(known, behind));

        // Superseded since it was looked at.
        Assert.DoesNotContain(CrdtComparison.Missing(CrdtComparison.Union([behind]), ahead), static m => m.Epoch == 5);
    }

    private static CrdtPosition Position(params CrdtStream[] streams) => new() { Streams = { streams } };

    private static CrdtStream Stream(uint server, ulong epoch, ulong seen, bool ended = false) => new() { ChunkServer = server, Epoch = epoch, Seen = seen, Ended = ended };

    private static MissingState Missing(uint server, ulong epoch, ulong seen, ulong known, bool end = false) => new() { ChunkServer = server, Epoch = epoch, Seen = seen, Known = known, End = end };
}

using MfsHa.NodeLink;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class ElectionTurnTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);
    private static readonly NodeId Leader = new(3);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Members_of_a_group_ask_one_after_the_other(int members)
    {
        var all = Members(Enumerable.Range(1, members).Select(static i => (ushort)(7 * i)));
        for (ushort group = 0; group < 8; group++)
        {
            var waits = all.Select(member => Turn(group, member.Node, all, leader: null).Wait()).Order().ToArray();
            Assert.Equal(Timeout * ElectionTurn.First, waits[0]);
            Assert.All(waits.Zip(waits.Skip(1)), static pair => Assert.Equal(Timeout * ElectionTurn.Step, pair.Second - pair.First));
        }
    }

    [Fact]
    public void Three_groups_of_three_nodes_are_stood_for_first_by_different_nodes()
    {
        var all = Members([1, 2, 3]);
        var first = Enumerable.Range(0, 3).Select(group => all.MinBy(member => Turn((ushort)group, member.Node, all, leader: null).Wait())!.Node);
        Assert.Equal(3, first.Distinct().Count());
    }

    [Fact]
    public void A_leader_that_is_silent_but_perhaps_alive_gets_more_time_than_any_turn_of_one_that_is_gone()
    {
        var all = Members([1, 2, 3]);
        NodeId[] survivors = [new(1), new(2)];
        var gone = survivors.Select(self => Turn(1, self, all, Leader, isGone: true).Wait());
        var silent = survivors.Select(self => Turn(1, self, all, Leader).Wait()).ToArray();
        Assert.All(gone.Zip(silent), static pair => Assert.Equal(Timeout * ElectionTurn.Patience, pair.Second - pair.First));
        Assert.True(silent.Min() > gone.Max());
    }

    [Fact]
    public void Who_has_resigned_asks_after_all_others_even_when_they_are_patient()
    {
        var all = Members([1, 2, 3]);
        var resigned = Turn(1, Leader, all, leader: null, hasResigned: true).Wait();
        Assert.All(all, member => Assert.True(Turn(1, member.Node, all, Leader).Wait() < resigned));
    }

    [Fact]
    public void Whom_the_leader_named_asks_before_all_others()
    {
        var all = Members([1, 2, 3]);
        for (ushort group = 0; group < 3; group++)
        {
            var named = Turn(group, new NodeId(2), all, Leader, isNominated: true).Wait();
            Assert.True(named < Turn(group, new NodeId(1), all, Leader).Wait());
        }
    }

    [Fact]
    public void A_node_that_waits_to_be_added_has_a_turn_too()
    {
        Assert.InRange(Turn(1, new NodeId(4), Members([1, 2, 3]), leader: null).Wait(), Timeout * ElectionTurn.First, Timeout);
        Assert.InRange(Turn(1, new NodeId(4), [], leader: null).Wait(), Timeout * ElectionTurn.First, Timeout);
    }

    private static ElectionTurn Turn(ushort group, NodeId self, NodeEndPoint[] members, NodeId? leader, bool isGone = false, bool hasResigned = false, bool isNominated = false) =>
        new(group, self, Timeout, () => members, () => leader, node => isGone && node == leader, () => hasResigned, () => isNominated);

    private static NodeEndPoint[] Members(IEnumerable<ushort> nodes) => [.. nodes.Select(static node => new NodeEndPoint(new NodeId(node), 1))];
}

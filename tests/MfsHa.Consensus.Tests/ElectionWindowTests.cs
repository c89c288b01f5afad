using MfsHa.NodeLink;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class ElectionWindowTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Windows_of_a_groups_members_do_not_touch_and_lie_between_the_timeout_and_twice_it(int members)
    {
        var all = Members(Enumerable.Range(1, members).Select(static i => (ushort)(7 * i)));
        for (ushort group = 0; group < 8; group++)
        {
            var windows = all.Select(m => ElectionWindow.Of(Timeout, group, m.Node, all)).OrderBy(static w => w.Lower).ToArray();
            Assert.All(windows, static w => Assert.True(w.Lower >= Timeout && w.Lower < w.Upper && w.Upper < 2 * Timeout, $"{w}"));
            Assert.Equal(Timeout, windows[0].Lower);
            Assert.All(windows.Zip(windows.Skip(1)), static pair => Assert.True(pair.First.Upper < pair.Second.Lower, $"{pair}"));
        }
    }

    [Fact]
    public void Three_groups_of_three_nodes_are_stood_for_first_by_different_nodes()
    {
        var all = Members([1, 2, 3]);
        var first = Enumerable.Range(0, 3).Select(group => all.MinBy(m => ElectionWindow.Of(Timeout, (ushort)group, m.Node, all).Lower)!.Node);
        Assert.Equal(3, first.Distinct().Count());
    }

    [Fact]
    public void A_node_that_waits_to_be_added_has_a_window_too() =>
        Assert.InRange(ElectionWindow.Of(Timeout, 1, new NodeId(4), Members([1, 2, 3])).Upper, Timeout, 2 * Timeout);

    private static NodeEndPoint[] Members(IEnumerable<ushort> nodes) => [.. nodes.Select(static node => new NodeEndPoint(new NodeId(node), 1))];
}

using MfsHa.Cluster.Formats;
using MfsHa.Metadata.SystemGroup;
using Xunit;

namespace MfsHa.Cluster.Tests.Formats;

public sealed class FormatPlanTests
{
    private static readonly NodeRecord[] Three = [Node(1), Node(2), Node(3)];

    [Fact]
    public void Nothing_is_announced_while_a_member_may_be_of_a_release_that_does_not_know_announcements()
    {
        Assert.Empty(FormatPlan.Announcements(Three, [], [Formats(1), Formats(2)]));
        Assert.Equal([Formats(1), Formats(2), Formats(3)], FormatPlan.Announcements(Three, [], [Formats(2), Formats(1), Formats(3)]));
    }

    [Fact]
    public void A_member_that_is_away_counts_by_what_it_has_announced()
    {
        Assert.Equal([Formats(2, 2)], FormatPlan.Announcements(Three, [Formats(1), Formats(2), Formats(3)], [Formats(1), Formats(2, 2)]));
        Assert.Equal((byte)2, FormatPlan.Next(Three, [Formats(1, 2), Formats(2, 2), Formats(3, 2)], 1));
        Assert.Null(FormatPlan.Next(Three, [Formats(1, 2), Formats(2, 2), Formats(3, 1)], 1));
        Assert.Null(FormatPlan.Next(Three, [Formats(1, 2), Formats(2, 2)], 1));
    }

    [Fact]
    public void Another_data_directory_is_another_node()
    {
        NodeRecord[] replaced = [Node(1), Node(2), Node(3) with { Incarnation = 99 }];
        Assert.Empty(FormatPlan.Announcements(replaced, [Formats(1), Formats(2), Formats(3)], [Formats(1, 2), Formats(2, 2)]));
        Assert.Null(FormatPlan.Next(replaced, [Formats(1, 2), Formats(2, 2), Formats(3, 2)], 1));
    }

    [Fact]
    public void Nobody_is_not_everybody()
    {
        Assert.Null(FormatPlan.Next([], [], 1));
        Assert.Null(FormatPlan.Next([Node(1) with { State = NodeState.Removed }], [Formats(1, 2)], 1));
    }

    [Fact]
    public void Removed_nodes_are_not_waited_for()
    {
        NodeRecord[] nodes = [Node(1), Node(2), Node(3) with { State = NodeState.Removed }];
        Assert.Equal((byte)2, FormatPlan.Next(nodes, [Formats(1, 2), Formats(2, 3)], 1));
        Assert.Equal([Formats(1)], FormatPlan.Announcements(nodes, [Formats(2)], [Formats(1), Formats(2)]));
    }

    private static NodeRecord Node(ushort id) => new() { Node = id, Incarnation = id * 11u, Address = "a:1", State = NodeState.Active };

    private static NodeFormats Formats(ushort id, byte newest = 1) => new() { Node = id, Incarnation = id * 11u, Oldest = 1, Newest = newest, Release = "x" };
}

using MfsHa.NodeLink;
using MfsHa.Replication.Ring;
using Xunit;

namespace MfsHa.Replication.Tests.Ring;

public sealed class NodeRingTests
{
    [Theory]
    [InlineData(1, 2, "2 3")]
    [InlineData(4, 2, "5 1")]
    [InlineData(5, 3, "1 2 3")]
    [InlineData(3, 10, "4 5 1 2")]
    [InlineData(9, 2, "1 2")] // not a member (yet)
    public void Successors_follow_the_ids_round_the_ring(ushort node, int count, string expected)
        => Assert.Equal(expected, Successors(node, count, _ => true));

    [Fact]
    public void Dead_members_are_skipped() => Assert.Equal("4 1", Successors(2, 2, member => member.Value is not (3 or 5)));

    [Fact]
    public void A_lone_node_has_no_successors()
        => Assert.Empty(NodeRing.Successors([new NodeId(1)], new NodeId(1), 2, _ => true));

    private static string Successors(ushort node, int count, Func<NodeId, bool> isAlive)
        => string.Join(' ', NodeRing.Successors(new ushort[] { 5, 1, 3, 2, 4 }.Select(id => new NodeId(id)), new NodeId(node), count, isAlive));
}

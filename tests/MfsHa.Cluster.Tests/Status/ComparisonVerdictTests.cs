using MfsHa.Cluster.Status;
using MfsHa.NodeLink;
using Xunit;

namespace MfsHa.Cluster.Tests.Status;

public sealed class ComparisonVerdictTests
{
    [Fact]
    public void Equal_replicas_are_fine()
    {
        var verdict = Of(7, 7, 7);
        Assert.Equal(new GroupChecksum(5, 7), verdict.Agreed);
        Assert.Empty(verdict.Differing);
        Assert.False(verdict.IsContradictory);
    }

    [Fact]
    public void A_majority_is_right_and_the_others_differ()
    {
        Assert.Equal([new NodeId(2)], Of(7, 8, 7).Differing);
        Assert.Equal([new NodeId(1), new NodeId(5)], Of(8, 7, 7, 7, 9).Differing);
    }

    [Fact]
    public void Without_a_majority_of_all_members_nobody_is_told_to_stop()
    {
        var two = Of(7, 8, null);
        Assert.Null(two.Agreed);
        Assert.Empty(two.Differing);
        Assert.True(two.IsContradictory);
        Assert.True(Of(7, 8, 9).IsContradictory);
        Assert.Empty(Of(7, 7, 8, 8, null).Differing);
    }

    [Fact]
    public void Silence_is_no_difference()
    {
        Assert.Empty(Of(7, null, 7).Differing);
        Assert.False(Of(7, null, null).IsContradictory);
        Assert.False(Of(null, null, null).IsContradictory);
    }

    private static ComparisonVerdict Of(params ulong?[] checksums) =>
        ComparisonVerdict.Of(checksums.Select(static (c, i) => (Node: new NodeId((ushort)(i + 1)), Checksum: c)).ToDictionary(
            static a => a.Node, static a => a.Checksum is { } checksum ? new GroupChecksum(5, checksum) : (GroupChecksum?)null));
}

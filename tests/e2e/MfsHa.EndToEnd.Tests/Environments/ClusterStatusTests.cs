using System.Text.Json;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Environments;

/// <summary>The contract with <c>mfsha-admin status --output json</c>.</summary>
public sealed class ClusterStatusTests
{
    [Fact]
    public void Status_names_the_leader_of_every_group()
    {
        var status = ClusterStatus.Parse("""
            {"nodes":[{"id":1,"online":true},{"id":2,"online":false}],
             "groups":[{"group":0,"leader":1,"term":7,"applied":123},{"group":1,"leader":0,"applied":5},{"group":2,"applied":0}]}
            """);
        Assert.Equal([true, false], status.Nodes.Select(static node => node.Online));
        Assert.Equal(1, status.LeaderOf(0));
        Assert.Null(status.LeaderOf(1));
        Assert.Null(status.LeaderOf(2));
        Assert.Equal((7, 123), (status.Groups[0].Term, status.Groups[0].Applied));
    }

    [Fact]
    public void Status_without_groups_is_refused() => Assert.Throws<JsonException>(() => ClusterStatus.Parse("""{"nodes":[]}"""));
}

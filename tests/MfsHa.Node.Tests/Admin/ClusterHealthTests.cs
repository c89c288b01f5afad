using MfsHa.Admin.Contract;

namespace MfsHa.Node.Tests.Admin;

public sealed class ClusterHealthTests
{
    private readonly ClusterStatus _status = FakeCluster.Healthy();

    private ClusterHealth Health => ClusterHealth.Of(_status);

    [Fact]
    public void Everything_there_and_level_is_healthy() =>
        Assert.Equal(new ClusterHealth(HealthVerdict.Healthy, 3, 3, 1, 1, 2, 2, 6, 6), Health);

    [Fact]
    public void A_node_that_is_away_is_degraded()
    {
        _status.Nodes[2].Online = _status.Nodes[2].Ready = false;
        foreach (GroupStatus group in _status.Groups)
        {
            group.Replicas[2].Online = false;
            group.Replicas[2].Applied = 0;
        }

        Assert.Equal(new ClusterHealth(HealthVerdict.Degraded, 2, 3, 1, 1, 2, 2, 4, 6), Health);
        Assert.Equal(66, Health.SynchronizedPercent);
    }

    [Fact]
    public void A_node_that_is_not_ready_is_degraded()
    {
        _status.Nodes[1].Ready = false;
        Assert.Equal(HealthVerdict.Degraded, Health.Verdict);
    }

    [Theory]
    [InlineData(1000, HealthVerdict.Healthy)]
    [InlineData(1001, HealthVerdict.Degraded)]
    public void A_replica_may_lag_a_little(ulong lag, HealthVerdict verdict)
    {
        _status.Groups[1].Committed = 123 + lag;
        _status.Groups[1].Replicas[0].Applied = _status.Groups[1].Replicas[1].Applied = 123 + lag;
        Assert.Equal(verdict, Health.Verdict);
        Assert.Equal(lag, ClusterHealth.LagOf(_status.Groups[1], _status.Groups[1].Replicas[2]));
    }

    [Fact]
    public void A_replica_ahead_of_what_the_leader_said_earlier_does_not_lag()
    {
        _status.Groups[1].Replicas[2].Applied = 500;
        Assert.Equal(0UL, ClusterHealth.LagOf(_status.Groups[1], _status.Groups[1].Replicas[2]));
        Assert.Equal(HealthVerdict.Healthy, Health.Verdict);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_group_without_a_leader_is_no_quorum(int group)
    {
        _status.Groups[group].Leader = 0;
        Assert.Equal((HealthVerdict.NoQuorum, 1, 1 - group), (Health.Verdict, Health.LeadersElected, Health.ShardsAvailable));
    }

    [Fact]
    public void A_leader_that_is_away_leads_nothing()
    {
        _status.Nodes[1].Online = false;
        Assert.Equal((HealthVerdict.NoQuorum, 0), (Health.Verdict, Health.ShardsAvailable));
    }

    [Fact]
    public void A_cluster_that_is_not_formed_is_no_quorum()
    {
        _status.Groups.Clear();
        Assert.Equal((HealthVerdict.NoQuorum, 0), (Health.Verdict, Health.SynchronizedPercent));
    }
}

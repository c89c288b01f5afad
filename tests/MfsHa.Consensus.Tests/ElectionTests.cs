using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class ElectionTests
{
    [Fact]
    public async Task Three_nodes_elect_one_leader_and_agree_on_it()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        await cluster.PollAsync(() => cluster.Nodes.All(n => n.Log.Leadership.Leader == leader.Id), "all nodes know the leader");
        Assert.Single(cluster.Nodes, n => n.Log.Leadership.IsReady);
        Assert.Equal(cluster.Nodes.Select(n => n.Member), leader.Log.Members);
    }

    [Fact]
    public async Task A_command_gets_its_result_and_reaches_all()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var first = await TestCluster.PutAsync(leader, "k", "1", TestContext.Current.CancellationToken);
        var second = await TestCluster.PutAsync(leader, "k", "2", TestContext.Current.CancellationToken);
        Assert.Null(first.Previous);
        Assert.Equal("1", second.Previous);
        var state = await cluster.ConvergeAsync();
        Assert.Equal("2", state.Values["k"]);
    }
}

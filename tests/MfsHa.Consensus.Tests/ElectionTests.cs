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

    /// <summary>The named one stands first; when the two others heard the last leader at different moments it may be refused once, and then another one may win.</summary>
    [Fact]
    public async Task Leadership_is_handed_over_to_the_member_that_is_named()
    {
        const int Turns = 4;
        await using var cluster = await TestCluster.StartAsync();
        var obeyed = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            var leader = await cluster.LeaderAsync();
            var others = cluster.Nodes.Where(n => n != leader).ToArray();
            await cluster.PollAsync(() => others.All(n => n.Log.Leadership.Leader == leader.Id), "all nodes know the leader");

            // A leader of long standing: nobody is still reserved because it gave leadership away itself.
            await Task.Delay(cluster.Options.ElectionTimeout * 5, TestContext.Current.CancellationToken);
            var target = others[turn % 2];
            await leader.Log.HandOverAsync(target.Id, TestContext.Current.CancellationToken);
            await cluster.PollAsync(() => others.Any(n => n.Log.Leadership.IsReady), "another leader");
            obeyed += target.Log.Leadership.IsReady ? 1 : 0;
        }

        Assert.True(obeyed >= Turns - 1, $"the named member was elected {obeyed} times of {Turns}\n{cluster.LogTail}");
    }

    [Fact]
    public async Task Leadership_is_kept_when_the_named_member_does_not_answer()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var target = cluster.Nodes.First(n => n != leader);
        await target.KillAsync();
        await Assert.ThrowsAsync<MfsHa.NodeLink.PeerUnavailableException>(async () => await leader.Log.HandOverAsync(target.Id, TestContext.Current.CancellationToken));
        Assert.True(leader.Log.Leadership.IsReady);
    }
}

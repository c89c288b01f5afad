using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class MembershipTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_was_told_no_members_stays_passive_until_it_is_added()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            await cluster.PutAsync($"k{i}", "v");
        }

        var fourth = cluster.Add(4);
        await fourth.StartAsync();
        await Task.Delay(1000, Cancellation);
        Assert.Equal(default, fourth.Log.Leadership);
        Assert.Equal(0, fourth.Machine.AppliedIndex);

        var leader = await cluster.LeaderAsync();
        Assert.True(await leader.Log.AddMemberAsync(fourth.Member, Cancellation));
        Assert.Equal(4, leader.Log.Members.Count);
        await cluster.PutAsync("after", "v");
        Assert.Equal(51, (await cluster.ConvergeAsync()).Values.Count);
        await cluster.PollAsync(() => fourth.Log.Members.Count == 4, "the new member knows the members");
        Assert.True(await leader.Log.AddMemberAsync(fourth.Member, Cancellation)); // again: nothing to do
    }

    [Fact]
    public async Task A_new_member_behind_the_log_takes_over_the_state()
    {
        await using var cluster = await TestCluster.StartAsync(3, new ConsensusOptions { SyncInterval = TimeSpan.FromMilliseconds(50), RetainedEntries = 5 });
        for (var i = 0; i < 100; i++)
        {
            await cluster.PutAsync($"k{i}", "v");
        }

        await Task.Delay(200, Cancellation);
        var fourth = cluster.Add(4);
        await fourth.StartAsync();
        var leader = await cluster.LeaderAsync();
        Assert.True(await leader.Log.AddMemberAsync(fourth.Member, Cancellation));
        await cluster.PutAsync("after", "v");
        Assert.Equal(101, (await cluster.ConvergeAsync()).Values.Count);
    }

    [Fact]
    public async Task A_removed_member_no_longer_counts()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("k", "v");
        var leader = await cluster.LeaderAsync();
        var removed = cluster.Nodes.First(n => n != leader);
        Assert.True(await leader.Log.RemoveMemberAsync(removed.Member, Cancellation));
        Assert.Equal(2, leader.Log.Members.Count);
        await removed.StopAsync();
        await cluster.PutAsync("k", "w");
        Assert.True(await leader.Log.RemoveMemberAsync(removed.MemberBefore, Cancellation)); // again: nothing to do
    }

    [Fact]
    public async Task A_node_that_lost_its_disk_comes_back_as_a_new_member()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await cluster.PutAsync($"k{i}", "v");
        }

        var leader = await cluster.LeaderAsync();
        var node = cluster.Nodes.First(n => n != leader);
        var before = node.Member;
        await node.KillAsync();
        node.Wipe();
        await Task.Delay(1100, Cancellation); // incarnations are seconds
        await node.StartAsync();
        Assert.Equal(before.Node, node.Member.Node);
        Assert.NotEqual(before.Incarnation, node.Member.Incarnation);
        await Task.Delay(600, Cancellation);
        Assert.Equal(0, node.Machine.AppliedIndex); // under its old name nothing reaches it

        leader = await cluster.LeaderAsync();
        Assert.True(await leader.Log.RemoveMemberAsync(before, Cancellation));
        Assert.True(await leader.Log.AddMemberAsync(node.Member, Cancellation));
        await cluster.PutAsync("after", "v");
        Assert.Equal(21, (await cluster.ConvergeAsync()).Values.Count);
        Assert.Equal(3, leader.Log.Members.Count);
    }

    [Fact]
    public async Task A_leader_that_removes_itself_is_followed_by_another_one()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("k", "v");
        var leader = await cluster.LeaderAsync();
        Assert.True(await leader.Log.RemoveMemberAsync(leader.Member, Cancellation));
        await leader.StopAsync();
        Assert.Equal("v", (await cluster.PutAsync("k", "w")).Previous);
        Assert.Equal(2, (await cluster.LeaderAsync()).Log.Members.Count);
    }

    [Fact]
    public async Task Only_the_leader_changes_members()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var follower = cluster.Nodes.First(n => n != leader);
        await Assert.ThrowsAsync<NotLeaderException>(() => follower.Log.RemoveMemberAsync(leader.Member, Cancellation));
    }
}

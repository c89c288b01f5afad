using System.Text;
using MfsHa.Consensus.Commands;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class CommandHoldTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_proposed_before_is_in_the_log_before_the_last_command_and_everything_else_behind_it()
    {
        const int writers = 40;
        // Small entries: several are on their way at once.
        await using var cluster = await TestCluster.StartAsync(3, new ConsensusOptions { MaxCommandsPerEntry = 3 });
        var leader = await cluster.LeaderAsync();
        for (var round = 0; round < 10; round++)
        {
            var before = Enumerable.Range(0, writers).Select(i => TestCluster.PutAsync(leader, $"k{i}", $"{round}", Cancellation)).ToArray();
            var hold = leader.Log.Hold(Encoding.UTF8.GetBytes("last=1"), Long);
            var behind = Enumerable.Range(0, writers).Select(i => TestCluster.PutAsync(leader, $"k{i}", $"{round}", Cancellation)).ToArray();
            var last = (PutResult)await hold.Last;
            var earlier = await Task.WhenAll(before);
            Assert.All(earlier, e => Assert.True((e.Index, e.Position).CompareTo((last.Index, last.Position)) < 0));
            Assert.DoesNotContain(behind, static b => b.IsCompleted);
            Assert.Equal(last.Index, leader.Log.AppliedIndex);
            Assert.True(hold.Release());
            Assert.False(hold.Release());
            Assert.InRange(hold.Lasted, TimeSpan.FromTicks(1), Long);
            Assert.All(await Task.WhenAll(behind), b => Assert.True(b.Index > last.Index));
        }

        await cluster.ConvergeAsync();
    }

    [Fact]
    public async Task A_hold_that_is_released_before_its_command_is_in_the_log_lets_nothing_pass_it()
    {
        const int writers = 40;
        await using var cluster = await TestCluster.StartAsync(3, new ConsensusOptions { MaxCommandsPerEntry = 3 });
        var leader = await cluster.LeaderAsync();
        var before = Enumerable.Range(0, writers).Select(i => TestCluster.PutAsync(leader, $"k{i}", "1", Cancellation)).ToArray();
        var hold = leader.Log.Hold(Encoding.UTF8.GetBytes("last=1"), Long);
        var behind = Enumerable.Range(0, writers).Select(i => TestCluster.PutAsync(leader, $"k{i}", "2", Cancellation)).ToArray();
        Assert.True(hold.Release());
        var last = (PutResult)await hold.Last;
        Assert.All(await Task.WhenAll(before), e => Assert.True((e.Index, e.Position).CompareTo((last.Index, last.Position)) < 0));
        Assert.All(await Task.WhenAll(behind), b => Assert.True(b.Index > last.Index));
    }

    [Fact]
    public async Task A_hold_that_nobody_releases_ends_by_itself_and_says_so()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        var hold = leader.Log.Hold(Encoding.UTF8.GetBytes("last=1"), TimeSpan.FromMilliseconds(30));
        var put = TestCluster.PutAsync(leader, "k", "v", Cancellation);
        Assert.Throws<ProposalRejectedException>(() => leader.Log.Hold(Encoding.UTF8.GetBytes("last=2"), Long));
        var last = (PutResult)await hold.Last;
        Assert.True((await put).Index > last.Index);
        Assert.False(hold.Release());
        Assert.True(leader.Log.Hold(Encoding.UTF8.GetBytes("last=3"), Long).Release());
    }

    [Fact]
    public async Task A_leader_that_resigns_holds_nothing_any_more()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        CommandHold hold = leader.Log.Hold(Encoding.UTF8.GetBytes("last=1"), Long);
        await hold.Last;
        await leader.Log.ResignAsync(Cancellation);
        await cluster.PollAsync(() => leader.Log.Leadership.Term > hold.Term, "another term");
        Assert.False(hold.Release());
        await cluster.PutAsync("k", "v");
        await cluster.ConvergeAsync();
    }
}

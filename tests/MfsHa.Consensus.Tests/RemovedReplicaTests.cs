using System.Diagnostics;
using MfsHa.Consensus.Tests.Harness;
using Xunit;

namespace MfsHa.Consensus.Tests;

/// <summary>A replica that was removed has forgotten what it voted for and acknowledged: what comes back in its place must not pass for it.</summary>
public sealed class RemovedReplicaTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_that_was_emptied_elects_nobody_who_knows_the_former_one()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("k", "v");
        var (stale, emptied, away) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        await away.StopAsync();

        // A node that only was closed votes: the two are a majority.
        await emptied.Host.CloseGroupAsync(TestNode.Group);
        await emptied.JoinAsync();
        Assert.Equal(emptied.Host.Self, emptied.Host.SelfIn(TestNode.Group));
        await cluster.PutAsync("k", "w");

        // The worst case: it forgets everything although it still is a member, as the other one knows, and knows whom to vote for.
        await emptied.Host.RemoveGroupAsync(TestNode.Group);
        emptied.Forget();
        await emptied.JoinAsync(stale.Member, emptied.Member, away.MemberBefore);
        Assert.NotEqual(emptied.Host.Self, emptied.Host.SelfIn(TestNode.Group));
        await cluster.PollAsync(() => !stale.Log.Leadership.IsReady, "one of three leads nothing");
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < cluster.Options.ElectionTimeout * 8)
        {
            Assert.False(stale.Log.Leadership.IsReady || emptied.Log.Leadership.IsReady, "an empty replica has helped somebody to lead");
            await Task.Delay(10, Cancellation);
        }

        // The third one has everything, and is known to be who it was.
        await away.StartAsync();
        Assert.Equal("w", (await cluster.PutAsync("k", "x")).Previous);

        // It comes in as the member that it is now, and gets all there is.
        var leader = await cluster.LeaderAsync();
        Assert.True(await leader.Log.RemoveMemberAsync(emptied.Host.Self, Cancellation));
        Assert.True(await leader.Log.AddMemberAsync(emptied.Host.SelfIn(TestNode.Group), Cancellation));
        Assert.Equal("x", (await cluster.ConvergeAsync()).Values["k"]);
    }

    [Fact]
    public async Task Members_are_confirmed_by_a_majority_and_not_while_they_change()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.PutAsync("k", "v");
        var leader = await cluster.LeaderAsync();
        Assert.Equal(cluster.Nodes.Select(static n => n.Member), await leader.Log.ConfirmMembersAsync(Cancellation));
        var follower = cluster.Nodes.First(n => n != leader);
        await Assert.ThrowsAsync<NotLeaderException>(() => follower.Log.ConfirmMembersAsync(Cancellation));

        // One that does not answer is still to be added: whoever asks now gets no answer that could be wrong in a moment.
        var absent = new MfsHa.NodeLink.NodeEndPoint(new MfsHa.NodeLink.NodeId(9), 1);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var adds = leader.Log.AddMemberAsync(absent, ends.Token);
        await Assert.ThrowsAsync<ProposalRejectedException>(() => leader.Log.ConfirmMembersAsync(Cancellation));
        await ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adds);
        var begun = Stopwatch.GetTimestamp();
        while (!await IsConfirmedAsync(leader))
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20), "the change has not ended");
            await Task.Delay(10, Cancellation);
        }

        foreach (var other in cluster.Nodes.Where(n => n != leader))
        {
            await other.StopAsync();
        }

        // Its trust in itself lasts for a moment; then nothing is confirmed by one of three.
        begun = Stopwatch.GetTimestamp();
        var isRefused = false;
        while (!isRefused)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(20), "one of three confirms");
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(1));
            isRefused = await Record.ExceptionAsync(() => leader.Log.ConfirmMembersAsync(patience.Token)) is NotLeaderException or OperationCanceledException;
        }
    }

    private static async Task<bool> IsConfirmedAsync(TestNode leader)
    {
        try
        {
            return (await leader.Log.ConfirmMembersAsync(Cancellation)).Count == 3;
        }
        catch (ProposalRejectedException)
        {
            return false;
        }
    }
}

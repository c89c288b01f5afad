using System.Text;
using MfsHa.Consensus.Tests.Harness;
using MfsHa.NodeLink;
using MfsHa.Storage;
using Xunit;

namespace MfsHa.Consensus.Tests;

public sealed class HostTests
{
    private const ushort Other = 9;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_of_a_node_are_independent()
    {
        await using var cluster = await TestCluster.StartAsync();
        var members = cluster.Nodes.Select(n => n.Member).ToArray();
        var machines = cluster.Nodes.Select(_ => new TestMachine(new TestDisk())).ToArray();
        var logs = new List<IShardLog>();
        for (var i = 0; i < 3; i++)
        {
            logs.Add(await cluster.Nodes[i].Host.CreateGroupAsync(Other, members, machines[i], Cancellation));
        }

        await cluster.PutAsync("k", "first group");
        await cluster.PollAsync(() => logs.Any(l => l.Leadership.IsReady), "a leader of the other group");
        var leader = logs.First(l => l.Leadership.IsReady);
        var result = (PutResult)await leader.ProposeAsync(Encoding.UTF8.GetBytes("k=second"), Cancellation);
        Assert.Null(result.Previous);
        await cluster.PollAsync(() => machines.All(m => m.State.Values.GetValueOrDefault("k") == "second"), "all replicas of the other group");
        Assert.Equal("first group", (await cluster.ConvergeAsync()).Values["k"]);
    }

    [Fact]
    public async Task A_group_is_open_once()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        await cluster.PutAsync("k", "v");
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => cluster.Nodes[0].Host.CreateGroupAsync(TestNode.Group, [], new TestMachine(new TestDisk()), Cancellation));
        Assert.Equal("v", (await cluster.PutAsync("k", "w")).Previous);
    }

    [Fact]
    public async Task A_closed_group_opens_again_as_it_was()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        await cluster.PutAsync("k", "v");
        await node.Host.CloseGroupAsync(TestNode.Group);
        await Assert.ThrowsAnyAsync<Exception>(async () => await node.Log.ReadBarrierAsync(Cancellation));
        await node.JoinAsync();
        Assert.Equal("v", (await cluster.PutAsync("k", "w")).Previous);
    }

    [Fact]
    public async Task A_removed_group_is_forgotten()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        await cluster.PutAsync("k", "v");
        await node.Host.RemoveGroupAsync(TestNode.Group);
        var machine = new TestMachine(new TestDisk());
        var log = await node.Host.CreateGroupAsync(TestNode.Group, [], machine, Cancellation);
        Assert.Empty(log.Members);
        Assert.Equal(0, log.AppliedIndex);
    }

    [Fact]
    public async Task A_state_that_does_not_belong_to_the_log_is_refused()
    {
        await using var cluster = await TestCluster.StartAsync(1);
        var node = cluster.Nodes[0];
        await cluster.PutAsync("k", "v");
        await node.Host.CloseGroupAsync(TestNode.Group);
        var ahead = new TestDisk();
        ahead.Flush(TestState.Empty with { Index = 1000 });
        var error = await Assert.ThrowsAsync<StorageCorruptException>(
            () => node.Host.CreateGroupAsync(TestNode.Group, [], new TestMachine(ahead), Cancellation));
        Assert.Contains("state is at 1000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_older_than_the_log_is_refused()
    {
        await using var cluster = await TestCluster.StartAsync(1, new ConsensusOptions { SyncInterval = TimeSpan.FromMilliseconds(20), RetainedEntries = 0 });
        var node = cluster.Nodes[0];
        for (var i = 0; i < 50; i++)
        {
            await cluster.PutAsync("k", $"{i}");
        }

        await Task.Delay(100, Cancellation);
        await node.Host.CloseGroupAsync(TestNode.Group);
        await Assert.ThrowsAsync<StorageCorruptException>(
            () => node.Host.CreateGroupAsync(TestNode.Group, [], new TestMachine(new TestDisk()), Cancellation));
    }

    [Fact]
    public async Task A_state_machine_that_fails_stops_the_node()
    {
        await using var cluster = await TestCluster.StartAsync();
        var leader = await cluster.LeaderAsync();
        leader.Machine.Applying = static entry => _ = entry.Commands.Count > 0 ? throw new InvalidOperationException("broken machine") : 0;
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<Exception>(() => TestCluster.PutAsync(leader, "k", "v", patience.Token));
        Assert.Equal("broken machine", (await leader.Host.Failed.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)).Message);
    }

    [Theory]
    [InlineData(250, 200)]
    [InlineData(10, 1)]
    [InlineData(250, 0)]
    public void Times_that_contradict_each_other_are_refused_with_an_explanation(int election, int heartbeat)
    {
        var options = new ConsensusOptions { ElectionTimeout = TimeSpan.FromMilliseconds(election), Heartbeat = TimeSpan.FromMilliseconds(heartbeat) };
        Assert.NotEmpty(Assert.ThrowsAny<ArgumentException>(options.Validate).Message);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using MfsHa.NodeLink.Tests.Support;
using Xunit;

namespace MfsHa.NodeLink.Tests.Liveness;

public sealed class NodeMonitorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_answer_are_alive_and_oneself_always_is()
    {
        await using var a = new TestNode(1);
        await using var b = new TestNode(2);
        Assert.True(a.Sees(1));
        Assert.False(a.Sees(2));
        await a.MeetAsync(2, b.Port);
        await b.MeetAsync(1, a.Port);
    }

    [Fact]
    public async Task A_peer_that_accepts_and_never_answers_is_never_alive()
    {
        await using var silent = new FakePeer(echo: false);
        await using var a = new TestNode(1);
        a.Know(2, silent.Port);
        await Eventually.True(() => silent.Accepted >= 3, "the connection is opened anew when it stays silent");
        Assert.False(a.Sees(2));
    }

    [Fact]
    public async Task Silence_makes_a_peer_dead_within_the_limit_and_it_comes_back()
    {
        await using var b = new TestNode(2);
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1);
        var changes = new ConcurrentQueue<(NodeId, bool)>();
        a.Host.Liveness.Changed += (peer, alive) => changes.Enqueue((peer, alive));
        await a.MeetAsync(2, relay.Port);

        relay.Silence();
        var watch = Stopwatch.StartNew();
        await Eventually.True(() => !a.Sees(2), "dead");
        Assert.False(a.Host.Raft.IsGone(b.Id), "silence does not prove that the process has ended");
        // 300 ms of silence and a turn of 50 ms; the rest is the tolerance for a loaded machine.
        Assert.InRange(watch.ElapsedMilliseconds, 100, 1000);

        // States are told, not transitions: without this wait the notifier might find it alive again.
        await Eventually.True(() => changes.Count >= 2, "the death was told");
        relay.Resume();
        await Eventually.True(() => a.Sees(2), "alive again");
        await Eventually.True(() => changes.Count >= 3, "changes were told");
        Assert.Equal([(b.Id, true), (b.Id, false), (b.Id, true)], changes);
    }

    [Fact]
    public async Task A_refused_connection_makes_a_peer_dead_at_once()
    {
        await using var b = new TestNode(2);
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1, options => options with { DeadAfter = TimeSpan.FromSeconds(30), ReopenAfter = TimeSpan.FromSeconds(60) });
        await a.MeetAsync(2, relay.Port);
        relay.Refuse();
        await Eventually.True(() => !a.Sees(2), "dead long before the limit of silence", TimeSpan.FromSeconds(2));
        Assert.True(a.Host.Raft.IsGone(b.Id));
        relay.Reopen();
        await Eventually.True(() => a.Sees(2), "alive again");
        Assert.False(a.Host.Raft.IsGone(b.Id));
    }

    [Fact]
    public async Task A_silent_peer_that_refuses_later_is_known_to_be_gone_then()
    {
        await using var b = new TestNode(2);
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1);
        await a.MeetAsync(2, relay.Port);
        relay.Silence();
        await Eventually.True(() => !a.Sees(2), "dead");
        relay.Refuse();
        await Eventually.True(() => a.Host.Raft.IsGone(b.Id), "gone");
    }

    [Fact]
    public async Task A_reset_of_the_ping_connection_alone_is_only_a_hiccup()
    {
        await using var b = new TestNode(2);
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1, options => options with { DeadAfter = TimeSpan.FromSeconds(3), ReopenAfter = TimeSpan.FromSeconds(6) });
        var down = 0;
        a.Host.Liveness.Changed += (_, alive) => down += alive ? 0 : 1;
        await a.MeetAsync(2, relay.Port);
        for (var i = 0; i < 5; i++)
        {
            var accepted = relay.Accepted;
            relay.Reset();
            await Eventually.True(() => relay.Accepted > accepted, "connected anew");
        }

        Assert.Equal(0, down);
        Assert.True(a.Sees(2));
    }

    [Fact]
    public async Task A_node_that_leaves_the_directory_is_dead_and_one_that_moves_is_found()
    {
        await using var a = new TestNode(1);
        var b = new TestNode(2);
        await a.MeetAsync(2, b.Port);
        a.Directory.Remove(b.Id);
        await Eventually.True(() => !a.Sees(2), "forgotten");
        await a.MeetAsync(2, b.Port);
        await b.DisposeAsync();
        await Eventually.True(() => !a.Sees(2), "stopped");
        await using var elsewhere = new TestNode(2);
        await a.MeetAsync(2, elsewhere.Port);
    }

    [Fact]
    public async Task Another_node_at_the_address_of_a_peer_is_not_taken_for_it()
    {
        await using var c = new TestNode(3);
        await using var a = new TestNode(1);
        a.Know(2, c.Port);
        await Eventually.True(() => c.Log.Count(101) >= 2, "refused by the other node");
        Assert.False(a.Sees(2));
    }

    [Fact]
    public async Task A_failing_subscriber_does_not_end_the_notifications()
    {
        await using var b = new TestNode(2);
        await using var a = new TestNode(1);
        var told = 0;
        a.Host.Liveness.Changed += (_, _) =>
        {
            told++;
            throw new InvalidOperationException("subscriber");
        };
        await a.MeetAsync(2, b.Port);
        await Eventually.True(() => told == 1, "told once");
        await b.DisposeAsync();
        await Eventually.True(() => told == 2, "told again");
        Cancellation.ThrowIfCancellationRequested();
    }
}

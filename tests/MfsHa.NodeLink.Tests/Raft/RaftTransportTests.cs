using System.Buffers;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Connections;
using MfsHa.NodeLink.Tests.Support;
using Xunit;

namespace MfsHa.NodeLink.Tests.Raft;

public sealed class RaftTransportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_group_gets_its_own_connections_and_bytes_flow_both_ways()
    {
        await using var a = new TestNode(1);
        await using var b = new TestNode(2);
        await a.MeetAsync(2, b.Port);
        await using var five = await BindAsync(b, 5);
        await using var six = await BindAsync(b, 6);

        await using var toSix = await ConnectAsync(a, 6, b);
        await using var toFive = await ConnectAsync(a, 5, b);
        await using var atSix = (await six.AcceptAsync(Cancellation))!;
        await using var atFive = (await five.AcceptAsync(Cancellation))!;
        await toFive.Transport.Output.WriteAsync("five"u8.ToArray(), Cancellation);
        await toSix.Transport.Output.WriteAsync("six"u8.ToArray(), Cancellation);
        Assert.Equal("five", await ReadTextAsync(atFive, "five".Length));
        Assert.Equal("six", await ReadTextAsync(atSix, "six".Length));
        await atSix.Transport.Output.WriteAsync("back"u8.ToArray(), Cancellation);
        Assert.Equal("back", await ReadTextAsync(toSix, "back".Length));
        Assert.Equal(new NodeEndPoint(b.Id, 1), toSix.RemoteEndPoint);
    }

    [Fact]
    public async Task A_large_entry_arrives_whole()
    {
        await using var a = new TestNode(1);
        await using var b = new TestNode(2);
        await a.MeetAsync(2, b.Port);
        await using var listener = await BindAsync(b, 1);
        await using var connection = await ConnectAsync(a, 1, b);
        await using var accepted = (await listener.AcceptAsync(Cancellation))!;
        var entry = new byte[5_000_000];
        Random.Shared.NextBytes(entry);
        var write = connection.Transport.Output.WriteAsync(entry, Cancellation).AsTask();
        Assert.Equal(entry, await ReadAsync(accepted, entry.Length));
        await write;
    }

    [Fact]
    public async Task A_connection_for_another_incarnation_is_refused()
    {
        await using var a = new TestNode(1);
        await using var b = new TestNode(2);
        await a.MeetAsync(2, b.Port);
        await using var listener = await BindAsync(b, 1, incarnation: 2);
        await AssertRefusedAsync(a, 1, b);
        await using var current = await a.Host.Raft.Connector(1).ConnectAsync(new NodeEndPoint(b.Id, 2), Cancellation);
        Assert.NotNull(await listener.AcceptAsync(Cancellation));
    }

    [Fact]
    public async Task A_group_that_is_not_bound_or_no_longer_is_refuses()
    {
        await using var a = new TestNode(1);
        await using var b = new TestNode(2);
        await a.MeetAsync(2, b.Port);
        await AssertRefusedAsync(a, 1, b);
        var listener = await BindAsync(b, 1);
        await listener.UnbindAsync(Cancellation);
        Assert.Null(await listener.AcceptAsync(Cancellation));
        await AssertRefusedAsync(a, 1, b);
        await using var again = await BindAsync(b, 1);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await BindAsync(b, 1));
    }

    [Fact]
    public async Task More_connections_than_the_backlog_are_refused()
    {
        await using var a = new TestNode(1);
        await using var b = new TestNode(2, options => options with { RaftBacklog = 2 });
        await a.MeetAsync(2, b.Port);
        await using var listener = await BindAsync(b, 1);
        var connections = new List<ConnectionContext>();
        for (var i = 0; i < 2; i++)
            connections.Add(await ConnectAsync(a, 1, b));
        try
        {
            connections.Add(await ConnectAsync(a, 1, b));
        }
        catch (PeerUnavailableException)
        {
            // It was closed before this side knew that it is connected.
        }

        await Eventually.True(() => b.Log.Count(120) == 1, "one was refused");
        Assert.NotNull(await listener.AcceptAsync(Cancellation));
        Assert.NotNull(await listener.AcceptAsync(Cancellation));
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task When_a_peer_falls_silent_its_connections_end_and_connects_fail_at_once()
    {
        await using var b = new TestNode(2);
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1);
        await a.MeetAsync(2, relay.Port);
        await using var listener = await BindAsync(b, 1);
        await using var connection = await ConnectAsync(a, 1, b);
        var reading = connection.Transport.Input.ReadAsync(Cancellation).AsTask();

        relay.Silence();
        await Eventually.True(() => connection.ConnectionClosed.IsCancellationRequested, "ended");
        await Assert.ThrowsAnyAsync<Exception>(() => reading);
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<PeerUnavailableException>(async () => await ConnectAsync(a, 1, b));
        Assert.True(watch.ElapsedMilliseconds < 100, "failed at once");

        relay.Resume();
        await Eventually.True(() => a.Sees(2), "alive again");
        await using var next = await ConnectAsync(a, 1, b);
    }

    [Fact]
    public async Task Connections_opened_by_a_peer_end_when_it_falls_silent()
    {
        await using var a = new TestNode(1);
        await using var b = new TestNode(2);
        await using var relay = new TcpRelay(b.Port);
        await a.MeetAsync(2, relay.Port);
        await b.MeetAsync(1, a.Port);
        await using var listener = await BindAsync(a, 1);
        await using var outbound = await ConnectAsync(b, 1, a);
        await using var inbound = (await listener.AcceptAsync(Cancellation))!;
        relay.Silence();
        await Eventually.True(() => inbound.ConnectionClosed.IsCancellationRequested, "ended");
    }

    [Fact]
    public async Task A_connect_that_hangs_ends_when_its_peer_goes_down()
    {
        await using var b = new TestNode(2);
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1, options => options with { ConnectTimeout = TimeSpan.FromSeconds(60) });
        await a.MeetAsync(2, relay.Port);
        // The ping connection stays on the relay; only new connects hang.
        using var full = new FullListener();
        a.Know(2, full.Port);
        var connect = ConnectAsync(a, 1, b);
        relay.Silence();
        await Assert.ThrowsAsync<PeerUnavailableException>(() => connect);
        Assert.False(a.Sees(2));
    }

    [Fact]
    public void The_name_of_a_node_keeps_its_identity()
    {
        var name = new NodeEndPoint(new NodeId(300), 7);
        Assert.Equal(name, name.Create(name.Serialize()));
        Assert.Equal(new NodeEndPoint(new NodeId(300), 7).GetHashCode(), name.GetHashCode());
        Assert.NotEqual(new NodeEndPoint(new NodeId(300), 8), name);
        Assert.NotEqual(new NodeEndPoint(new NodeId(301), 7), name);
        Assert.Equal("node-300#7", name.ToString());
    }

    private static ValueTask<IConnectionListener> BindAsync(TestNode node, ushort group, uint incarnation = 1)
        => node.Host.Raft.Listener(group).BindAsync(new NodeEndPoint(node.Id, incarnation), Cancellation);

    private static async Task<ConnectionContext> ConnectAsync(TestNode from, ushort group, TestNode to)
        => await from.Host.Raft.Connector(group).ConnectAsync(new NodeEndPoint(to.Id, 1), Cancellation);

    private static async Task<string> ReadTextAsync(ConnectionContext connection, int count) => Encoding.ASCII.GetString(await ReadAsync(connection, count));

    private static async Task<byte[]> ReadAsync(ConnectionContext connection, int count)
    {
        var result = await connection.Transport.Input.ReadAtLeastAsync(count, Cancellation);
        var bytes = result.Buffer.ToArray();
        connection.Transport.Input.AdvanceTo(result.Buffer.End);
        return bytes;
    }

    private static async Task AssertRefusedAsync(TestNode from, ushort group, TestNode to)
    {
        try
        {
            await using var connection = await ConnectAsync(from, group, to);
            var result = await connection.Transport.Input.ReadAsync(Cancellation).AsTask().WaitAsync(Eventually.Deadline, Cancellation);
            Assert.True(result.IsCompleted);
        }
        catch (IOException)
        {
            // The reset came, before the connect had returned or after.
            Assert.False(Cancellation.IsCancellationRequested);
        }
    }
}

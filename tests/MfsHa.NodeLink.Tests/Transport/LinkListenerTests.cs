using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MfsHa.NodeLink.Tests.Support;
using MfsHa.NodeLink.Transport;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MfsHa.NodeLink.Tests.Transport;

public sealed class LinkListenerTests
{
    private const int PrefaceRefused = 101;
    private const int TooManyConnections = 102;
    private const int Probed = 104;
    private const int PingCutOff = 115;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Garbage_closes_the_connection_with_one_log_line()
    {
        await using var node = new TestNode(1);
        using var client = await ConnectAsync(node);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancellation);
        Assert.True(await IsClosedAsync(client));
        await Eventually.True(() => node.Log.Count(PrefaceRefused) == 1, "one log line");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_only_looks_whether_the_port_is_open_is_no_news(bool isReset)
    {
        await using var node = new TestNode(1);
        using (var prober = await ConnectAsync(node))
            prober.LingerState = new LingerOption(isReset, 0);
        await Eventually.True(() => node.Log.Count(Probed) == 1, "its end was seen");
        Assert.DoesNotContain(node.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData(PrefaceRefused, "MH")]
    [InlineData(PingCutOff, "MH\u0001M\0\u000A\0\0\0\u0002\0\u0001\0\0\0\0123")]
    public async Task What_is_cut_off_by_its_sender_is_told_in_one_line(int line, string text)
    {
        await using var node = new TestNode(1);
        using var client = await ConnectAsync(node);
        await client.SendAsync(System.Text.Encoding.Latin1.GetBytes(text), Cancellation);
        client.Shutdown(SocketShutdown.Send);
        Assert.True(await IsClosedAsync(client));
        await Eventually.True(() => node.Log.Count(line) == 1, "one log line");
        Assert.Single(node.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_stranger_that_says_nothing_is_closed_at_the_deadline()
    {
        await using var node = new TestNode(1, options => options with { PrefaceTimeout = TimeSpan.FromMilliseconds(300) });
        using var client = await ConnectAsync(node);
        await client.SendAsync("MH"u8.ToArray(), Cancellation);
        var watch = Stopwatch.StartNew();
        Assert.True(await IsClosedAsync(client));
        Assert.InRange(watch.ElapsedMilliseconds, 200, 5000);
        await Eventually.True(() => node.Log.Count(PrefaceRefused) == 1, "one log line");
    }

    [Fact]
    public async Task A_connection_that_means_another_node_is_refused()
    {
        await using var node = new TestNode(1);
        using var client = await ConnectAsync(node);
        await client.SendAsync(new Preface(LinkKind.Rpc, 0, new NodeId(2), new NodeId(7), 0).ToArray(), Cancellation);
        Assert.True(await IsClosedAsync(client));
        await Eventually.True(() => node.Log.Entries.Any(entry => entry.Text.Contains("looks for node 7", StringComparison.Ordinal)), "the reason is logged");
    }

    [Fact]
    public async Task Connections_above_the_limit_are_closed_and_the_others_stay()
    {
        await using var node = new TestNode(1, options => options with { MaxConnections = 2 });
        using var first = await ConnectAsync(node);
        using var second = await ConnectAsync(node);
        foreach (var client in new[] { first, second })
            await client.SendAsync(new Preface(LinkKind.Monitor, 0, new NodeId((ushort)(client == first ? 2 : 3)), node.Id, 0).ToArray(), Cancellation);
        Assert.True(await IsRefusedAsync(node));
        Assert.Equal(1, node.Log.Count(TooManyConnections));
        var ping = new byte[8];
        foreach (var client in new[] { first, second })
        {
            await client.SendAsync(ping, Cancellation);
            Assert.Equal(ping.Length, await client.ReceiveAsync(ping, Cancellation));
        }

        first.Close(0);
        await Eventually.True(() => CanPing(node), "a place is free again");
    }

    private static bool CanPing(TestNode node)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 1000 };
        client.Connect(IPAddress.Loopback, node.Port);
        try
        {
            client.Send(new Preface(LinkKind.Monitor, 0, new NodeId(9), node.Id, 0).ToArray());
            client.Send(new byte[8]);
            return client.Receive(new byte[8]) == 8;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<Socket> ConnectAsync(TestNode node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, node.Port, Cancellation);
        return socket;
    }

    // It may be closed before the client knows that it is connected.
    private static async Task<bool> IsRefusedAsync(TestNode node)
    {
        try
        {
            using var client = await ConnectAsync(node);
            return await IsClosedAsync(client);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.NotConnected)
        {
            return true;
        }
    }

    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Eventually.Deadline);
        try
        {
            return await socket.ReceiveAsync(new byte[16], deadline.Token) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}

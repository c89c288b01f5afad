using System.Net;
using System.Net.Sockets;
using MfsHa.NodeLink.Rpc;
using MfsHa.NodeLink.Tests.Support;
using MfsHa.NodeLink.Transport;
using Xunit;

namespace MfsHa.NodeLink.Tests.Rpc;

public sealed class NodeRpcLimitsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_to_a_peer_that_does_not_read_are_dropped_and_its_calls_are_bounded()
    {
        await using var deaf = new FakePeer(echo: true);
        await using var a = new TestNode(1, options => options with { MaxQueuedBytes = 1 << 20, MaxCallsInFlight = 10 });
        await a.MeetAsync(2, deaf.Port);
        var peer = new NodeId(2);
        var message = new byte[100_000];
        await Eventually.True(() => a.Rpc.TryPost(peer, RpcMethod.Delta, message), "the first is taken");
        var taken = 0;
        while (a.Rpc.TryPost(peer, RpcMethod.Delta, message))
            Assert.True(++taken < 1000, "the queue never fills");

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var calls = Enumerable.Range(0, 10).Select(_ => a.Rpc.CallAsync(peer, RpcMethod.Status, message, cancel.Token).AsTask()).ToList();
        var failure = await Assert.ThrowsAsync<PeerUnavailableException>(async () => await a.Rpc.CallAsync(peer, RpcMethod.Status, default, Cancellation));
        Assert.Contains("10 calls wait already", failure.Message, StringComparison.Ordinal);
        Assert.All(calls, call => Assert.False(call.IsCompleted));
        await cancel.CancelAsync();
        foreach (var call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_peer_with_too_many_running_handlers_is_not_read_until_one_ends()
    {
        var release = new SemaphoreSlim(0);
        var running = 0;
        await using var b = new TestNode(2, options => options with { MaxConcurrentHandlers = 5 }, rpc => rpc.Handle(RpcMethod.Execute, async (_, _, cancellation) =>
        {
            Interlocked.Increment(ref running);
            await release.WaitAsync(cancellation);
            Interlocked.Decrement(ref running);
            return default;
        }));
        await using var a = new TestNode(1);
        await a.MeetAsync(2, b.Port);
        var calls = Enumerable.Range(0, 20).Select(_ => a.Rpc.CallAsync(b.Id, RpcMethod.Execute, default, Cancellation).AsTask()).ToList();
        await Eventually.True(() => running == 5, "the limit is reached");
        for (var done = 0; done < 20; done++)
        {
            Assert.InRange(running, 0, 5);
            release.Release();
            await Eventually.True(() => calls.Count(call => call.IsCompleted) == done + 1, "one more is answered");
        }
    }

    [Fact]
    public async Task A_peer_that_reads_no_replies_is_no_longer_read_either()
    {
        await using var b = new TestNode(2, options => options with { MaxConcurrentHandlers = 10, MaxQueuedBytes = 1000 });
        using var rogue = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 4096, ReceiveBufferSize = 4096, SendTimeout = 500 };
        await rogue.ConnectAsync(IPAddress.Loopback, b.Port, Cancellation);
        rogue.Send(new Preface(LinkKind.Rpc, 0, new NodeId(1), b.Id, 0).ToArray());
        var request = new byte[FrameHeader.Length];
        new FrameHeader(0, FrameKind.Request, RpcMethod.Push, 1).Write(request);
        var batch = Enumerable.Repeat(request, 1000).SelectMany(bytes => bytes).ToArray();
        // Each request is answered by an error that nobody reads; only the sockets' own buffers may fill.
        var blocked = Assert.Throws<SocketException>(() =>
        {
            for (var sent = 0; sent < 100_000_000; sent += batch.Length)
                rogue.Send(batch);
        });
        Assert.Contains(blocked.SocketErrorCode, new[] { SocketError.TimedOut, SocketError.WouldBlock });
    }

    [Fact]
    public async Task A_frame_that_is_too_long_ends_the_connection_only()
    {
        await using var rogue = new FakePeer(echo: true, async (stream, stop) =>
        {
            await stream.ReadExactlyAsync(new byte[12], stop);
            await stream.WriteAsync("\xFF\xFF\xFF\x7F garbage garbage"u8.ToArray(), stop);
            await Task.Delay(Timeout.Infinite, stop);
        });
        await using var a = new TestNode(1);
        await a.MeetAsync(2, rogue.Port);
        var failure = await Assert.ThrowsAsync<PeerUnavailableException>(async () => await a.Rpc.CallAsync(new NodeId(2), RpcMethod.Status, default, Cancellation));
        Assert.Contains("allowed are", failure.Message, StringComparison.Ordinal);
        Assert.True(a.Sees(2));
        await Assert.ThrowsAsync<ArgumentException>(async () => await a.Rpc.CallAsync(new NodeId(2), RpcMethod.Status, new byte[(64 << 20) + 1], Cancellation));
    }

    [Fact]
    public async Task A_reply_that_is_too_long_fails_its_call_only()
    {
        await using var b = new TestNode(2, options => options with { MaxFrameBytes = 1000 }, rpc =>
        {
            rpc.Handle(RpcMethod.Execute, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[1001]));
            rpc.Handle(RpcMethod.Status, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[1000]));
        });
        await using var a = new TestNode(1);
        await a.MeetAsync(2, b.Port);
        await Assert.ThrowsAsync<RpcException>(async () => await a.Rpc.CallAsync(b.Id, RpcMethod.Execute, default, Cancellation));
        Assert.Equal(1000, (await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation)).Length);
    }
}

using System.Diagnostics;
using System.Text;
using MfsHa.NodeLink.Tests.Support;
using Xunit;

namespace MfsHa.NodeLink.Tests.Rpc;

public sealed class NodeRpcTests
{
    private static readonly RpcHandler Echo = (_, request, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(request.ToArray());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(20_000_000)]
    public async Task A_call_is_answered_by_the_handler(int length)
    {
        await using var b = new TestNode(2, handlers: rpc => rpc.Handle(RpcMethod.Execute, Echo));
        await using var a = new TestNode(1);
        await a.MeetAsync(2, b.Port);
        var request = new byte[length];
        Random.Shared.NextBytes(request);
        var reply = await a.Rpc.CallAsync(b.Id, RpcMethod.Execute, request, Cancellation);
        Assert.True(reply.Span.SequenceEqual(request));
    }

    [Fact]
    public async Task A_handler_learns_who_calls_and_calls_to_oneself_go_the_short_way()
    {
        await using var b = new TestNode(2, handlers: rpc => rpc.Handle(RpcMethod.Status, (from, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new[] { (byte)from.Value })));
        await using var a = new TestNode(1);
        await a.MeetAsync(2, b.Port);
        Assert.Equal([1], (await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation)).ToArray());
        Assert.Equal([2], (await b.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation)).ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failing_handler_fails_the_call_with_its_message(bool remote)
    {
        void Handlers(INodeRpc rpc)
        {
            rpc.Handle(RpcMethod.Execute, (_, _, _) => throw new InvalidOperationException("at once"));
            rpc.Handle(RpcMethod.Status, async (_, _, cancellation) =>
            {
                await Task.Delay(1, cancellation);
                throw new InvalidOperationException("later");
            });
        }

        await using var b = new TestNode(2, handlers: Handlers);
        await using var a = new TestNode(1, handlers: Handlers);
        await a.MeetAsync(2, b.Port);
        var to = remote ? b.Id : a.Id;
        foreach (var (method, text) in new[] { (RpcMethod.Execute, "at once"), (RpcMethod.Status, "later"), (RpcMethod.Push, "no handler for method 5") })
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await a.Rpc.CallAsync(to, method, default, Cancellation));
            Assert.Equal($"node {to}: {text}", failure.Message);
        }
    }

    [Fact]
    public async Task Ten_thousand_calls_at_a_time_each_get_their_own_reply()
    {
        const int Calls = 10_000;
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var b = new TestNode(2, handlers: rpc => rpc.Handle(RpcMethod.Execute, async (_, request, _) =>
        {
            var copy = request.ToArray();
            // Nobody is answered before all are here: they really are in flight together.
            if (Interlocked.Increment(ref arrived) == Calls)
                all.SetResult();
            await all.Task;
            return copy;
        }));
        await using var a = new TestNode(1);
        await a.MeetAsync(2, b.Port);
        var calls = Enumerable.Range(0, Calls).Select(async i =>
        {
            var reply = await a.Rpc.CallAsync(b.Id, RpcMethod.Execute, BitConverter.GetBytes(i), Cancellation);
            return BitConverter.ToInt32(reply.Span) == i;
        });
        Assert.All(await Task.WhenAll(calls), Assert.True);
    }

    [Fact]
    public async Task Cancelling_a_call_cancels_its_handler_and_only_that()
    {
        var handlers = 0;
        var cancelled = 0;
        await using var b = new TestNode(2, handlers: rpc =>
        {
            rpc.Handle(RpcMethod.Status, Echo);
            rpc.Handle(RpcMethod.Execute, async (_, _, cancellation) =>
            {
                Interlocked.Increment(ref handlers);
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                finally
                {
                    Interlocked.Increment(ref cancelled);
                }

                return default;
            });
        });
        await using var a = new TestNode(1);
        await a.MeetAsync(2, b.Port);
        using var one = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var other = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var first = a.Rpc.CallAsync(b.Id, RpcMethod.Execute, default, one.Token).AsTask();
        var second = a.Rpc.CallAsync(b.Id, RpcMethod.Execute, default, other.Token).AsTask();
        await Eventually.True(() => handlers == 2, "both run");
        await one.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Eventually.True(() => cancelled == 1, "the handler heard of it");
        await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation);
        Assert.Equal(1, cancelled);
        Assert.False(second.IsCompleted);
        await other.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, one.Token));
    }

    [Fact]
    public async Task A_connection_that_breaks_fails_its_calls_cancels_their_handlers_and_the_next_call_works()
    {
        var running = 0;
        var cancelled = 0;
        await using var b = new TestNode(2, handlers: rpc =>
        {
            rpc.Handle(RpcMethod.Status, Echo);
            rpc.Handle(RpcMethod.Execute, async (_, _, cancellation) =>
            {
                Interlocked.Increment(ref running);
                await using var registration = cancellation.Register(() => Interlocked.Increment(ref cancelled));
                await Task.Delay(Timeout.Infinite, cancellation);
                return default;
            });
        });
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1);
        await a.MeetAsync(2, relay.Port);
        var call = a.Rpc.CallAsync(b.Id, RpcMethod.Execute, default, Cancellation).AsTask();
        await Eventually.True(() => running == 1, "the handler runs");
        relay.Reset();
        var failure = await Assert.ThrowsAsync<PeerUnavailableException>(() => call);
        Assert.Equal(b.Id, failure.Peer);
        await Eventually.True(() => cancelled == 1, "the handler's token was cancelled");
        await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation);
    }

    [Fact]
    public async Task Calls_to_a_peer_that_falls_silent_fail_with_it_and_later_ones_at_once()
    {
        await using var b = new TestNode(2, handlers: rpc => rpc.Handle(RpcMethod.Status, Echo));
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1);
        await a.MeetAsync(2, relay.Port);
        await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation);
        relay.Silence();
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<PeerUnavailableException>(async () => await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation));
        Assert.True(watch.ElapsedMilliseconds < 1500, $"failed after {watch.ElapsedMilliseconds} ms");
        watch.Restart();
        await Assert.ThrowsAsync<PeerUnavailableException>(async () => await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation));
        Assert.False(a.Rpc.TryPost(b.Id, RpcMethod.Status, default));
        Assert.True(watch.ElapsedMilliseconds < 100, $"failed at once, not after {watch.ElapsedMilliseconds} ms");
        relay.Resume();
        await Eventually.True(() => a.Sees(2), "alive again");
        await a.Rpc.CallAsync(b.Id, RpcMethod.Status, default, Cancellation);
    }

    [Fact]
    public async Task Unknown_peers_are_unavailable()
    {
        await using var a = new TestNode(1);
        await Assert.ThrowsAsync<PeerUnavailableException>(async () => await a.Rpc.CallAsync(new NodeId(9), RpcMethod.Status, default, Cancellation));
        Assert.False(a.Rpc.TryPost(new NodeId(9), RpcMethod.Status, default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Messages_arrive_in_order(ushort to)
    {
        var received = new List<int>();
        void Handlers(INodeRpc rpc) => rpc.Handle(RpcMethod.Delta, (_, message, _) =>
        {
            lock (received)
                received.Add(BitConverter.ToInt32(message.Span));
            return default;
        });
        await using var b = new TestNode(2, handlers: Handlers);
        await using var a = new TestNode(1, handlers: Handlers);
        await a.MeetAsync(2, b.Port);
        await Eventually.True(() => a.Rpc.TryPost(new NodeId(to), RpcMethod.Delta, BitConverter.GetBytes(0)), "the first is taken");
        for (var i = 1; i < 1000; i++)
            Assert.True(a.Rpc.TryPost(new NodeId(to), RpcMethod.Delta, BitConverter.GetBytes(i)));
        await Eventually.True(() => received.Count == 1000, "all arrive");
        if (to == 2)
            Assert.Equal(Enumerable.Range(0, 1000), received);
        else
            Assert.Equal(Enumerable.Range(0, 1000), received.Order());
    }

    [Fact]
    public async Task A_stopping_node_fails_its_calls_and_those_of_others()
    {
        var running = 0;
        void Handlers(INodeRpc rpc) => rpc.Handle(RpcMethod.Execute, async (_, _, cancellation) =>
        {
            Interlocked.Increment(ref running);
            await Task.Delay(Timeout.Infinite, cancellation);
            return default;
        });
        await using var a = new TestNode(1, handlers: Handlers);
        await using var b = new TestNode(2, handlers: Handlers);
        await a.MeetAsync(2, b.Port);
        await b.MeetAsync(1, a.Port);
        var there = a.Rpc.CallAsync(b.Id, RpcMethod.Execute, default, Cancellation).AsTask();
        var back = b.Rpc.CallAsync(a.Id, RpcMethod.Execute, default, Cancellation).AsTask();
        await Eventually.True(() => running == 2, "both run");
        await b.DisposeAsync();
        await Assert.ThrowsAsync<PeerUnavailableException>(() => there);
        await Assert.ThrowsAsync<PeerUnavailableException>(() => back);
    }

    [Fact]
    public async Task A_method_has_one_handler_and_none_is_added_after_the_start()
    {
        await using var a = new TestNode(1, handlers: rpc =>
        {
            rpc.Handle(RpcMethod.Status, Echo);
            Assert.Throws<InvalidOperationException>(() => rpc.Handle(RpcMethod.Status, Echo));
        });
        Assert.Throws<InvalidOperationException>(() => a.Rpc.Handle(RpcMethod.Push, Echo));
    }

    [Fact]
    public async Task Calls_while_connections_are_reset_at_random_end_and_never_with_a_wrong_reply()
    {
        await using var b = new TestNode(2, handlers: rpc => rpc.Handle(RpcMethod.Execute, async (_, request, cancellation) =>
        {
            var text = Encoding.ASCII.GetString(request.Span);
            if (request.Span[^1] % 2 == 0)
                await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            return Encoding.ASCII.GetBytes("re:" + text);
        }));
        await using var relay = new TcpRelay(b.Port);
        await using var a = new TestNode(1);
        await a.MeetAsync(2, relay.Port);
        var (answered, failed) = (0, 0);
        using var done = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                var text = $"{caller}/{i}";
                try
                {
                    var reply = await a.Rpc.CallAsync(b.Id, RpcMethod.Execute, Encoding.ASCII.GetBytes(text), Cancellation);
                    Assert.Equal("re:" + text, Encoding.ASCII.GetString(reply.Span));
                    Interlocked.Increment(ref answered);
                }
                catch (PeerUnavailableException)
                {
                    Interlocked.Increment(ref failed);
                    await Task.Delay(1, Cancellation);
                }
            }
        })).ToList();
        for (var round = 0; round < 10; round++)
        {
            var before = answered;
            await Eventually.True(() => answered > before + 100, "calls go through");
            relay.Reset();
        }

        await done.CancelAsync();
        await Task.WhenAll(callers);
        Assert.True(failed > 0, "no call was hit: the test shows nothing");
    }
}

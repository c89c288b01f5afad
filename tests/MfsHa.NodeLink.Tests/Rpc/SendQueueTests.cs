using System.IO.Pipelines;
using MfsHa.NodeLink.Rpc;
using Xunit;

namespace MfsHa.NodeLink.Tests.Rpc;

public sealed class SendQueueTests
{
    private static readonly byte[] Payload = new byte[100];

    private static FrameHeader Header => new((uint)Payload.Length, FrameKind.Post, RpcMethod.Delta, 0);

    [Fact]
    public async Task Frames_that_gather_during_a_write_leave_with_one_write()
    {
        var stream = new GatedStream();
        var queue = new SendQueue(stream, 1 << 20, _ => { });
        Assert.True(queue.TryAppend(Header, Payload));
        await stream.Started.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 50; i++)
            Assert.True(queue.TryAppend(Header, Payload));
        stream.Gate.Release();
        await stream.Started.WaitAsync(TestContext.Current.CancellationToken);
        stream.Gate.Release();
        Assert.Equal([112, 50 * 112], stream.Writes);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_a_waiter_gets_the_next_place()
    {
        var stream = new GatedStream();
        var queue = new SendQueue(stream, 300, _ => { });
        Assert.True(queue.TryAppend(Header, Payload));
        await stream.Started.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(queue.TryAppend(Header, Payload));
        Assert.True(queue.TryAppend(Header, Payload));
        Assert.False(queue.TryAppend(Header, Payload));
        Assert.True(queue.TryAppend(new FrameHeader(0, FrameKind.Cancel, 0, 1), default, force: true));
        var waiting = queue.AppendAsync(Header, Payload, TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        stream.Gate.Release();
        Assert.True(await waiting);
        stream.Gate.Release(10);
    }

    [Fact]
    public async Task A_frame_larger_than_the_bound_may_wait_alone()
    {
        var stream = new GatedStream();
        var queue = new SendQueue(stream, 50, _ => { });
        Assert.True(queue.TryAppend(Header, Payload));
        await stream.Started.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(queue.TryAppend(Header, Payload));
        Assert.False(queue.TryAppend(Header, Payload));
        stream.Gate.Release(10);
    }

    [Fact]
    public async Task Waiting_ends_by_cancellation_and_by_closing()
    {
        var stream = new GatedStream();
        var queue = new SendQueue(stream, 50, _ => { });
        queue.TryAppend(Header, Payload);
        await stream.Started.WaitAsync(TestContext.Current.CancellationToken);
        queue.TryAppend(Header, Payload);
        using var cancel = new CancellationTokenSource();
        var cancelled = queue.AppendAsync(Header, Payload, cancel.Token).AsTask();
        var closed = queue.AppendAsync(Header, Payload, TestContext.Current.CancellationToken).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        queue.Close();
        Assert.False(await closed);
        Assert.False(queue.TryAppend(Header, Payload));
    }

    [Fact]
    public async Task A_failing_stream_is_reported_once()
    {
        var failure = new TaskCompletionSource<Exception>();
        var pipe = new Pipe();
        var stream = pipe.Writer.AsStream();
        var queue = new SendQueue(stream, 1000, e => failure.SetResult(e));
        await stream.DisposeAsync();
        queue.TryAppend(Header, Payload);
        Assert.NotNull(await failure.Task.WaitAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Writes only when the test lets it.</summary>
    private sealed class GatedStream : MemoryStream
    {
        public SemaphoreSlim Gate { get; } = new(0);

        public SemaphoreSlim Started { get; } = new(0);

        public List<int> Writes { get; } = [];

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes.Add(buffer.Length);
            Started.Release();
            await Gate.WaitAsync(cancellationToken);
        }
    }
}

using MfsHa.NodeLink.Rpc;
using Xunit;

namespace MfsHa.NodeLink.Tests;

public sealed class SendBurstTests
{
    [Fact]
    public void Without_a_burst_nothing_is_put_off()
        => Assert.False(SendBurst.TryDefer(new Sender("a", [])));

    [Fact]
    public void What_was_put_off_is_sent_when_the_outermost_burst_ends()
    {
        List<string> sent = [];
        using (SendBurst.Begin())
        {
            using (SendBurst.Begin())
                Assert.True(SendBurst.TryDefer(new Sender("a", sent)));
            Assert.True(SendBurst.TryDefer(new Sender("b", sent)));
            Assert.Empty(sent);
        }

        Assert.Equal(["a", "b"], sent);
        Assert.False(SendBurst.TryDefer(new Sender("c", sent)));
    }

    [Fact]
    public void A_sender_may_bring_another_one_to_send()
    {
        List<string> sent = [];
        using (SendBurst.Begin())
            SendBurst.TryDefer(new Sender("a", sent, new Sender("b", sent)));
        Assert.Equal(["a", "b"], sent);
    }

    [Fact]
    public void A_sender_that_fails_does_not_keep_the_thread_in_its_burst()
    {
        List<string> sent = [];
        Assert.Throws<InvalidOperationException>(() =>
        {
            using var burst = SendBurst.Begin();
            SendBurst.TryDefer(new Sender("a", sent) { Fails = true });
        });
        using (SendBurst.Begin())
            SendBurst.TryDefer(new Sender("b", sent));
        Assert.Equal(["b"], sent);
    }

    [Fact]
    public async Task A_burst_is_its_threads_own()
    {
        Task<bool> asking;
        using (SendBurst.Begin())
            asking = Task.Factory.StartNew(static () => SendBurst.TryDefer(new Sender("a", [])), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.False(await asking);
    }

    [Fact]
    public void Frames_of_one_burst_leave_with_one_write()
    {
        using var stream = new MemoryStream();
        var writes = new CountingStream(stream);
        var queue = new SendQueue(writes, 1 << 20, _ => { });
        using (SendBurst.Begin())
        {
            for (var i = 0; i < 10; i++)
                Assert.True(queue.TryAppend(new FrameHeader(3, FrameKind.Post, RpcMethod.Delta, 0), "abc"u8));
            Assert.Equal(0, writes.Count);
        }

        Assert.Equal(1, writes.Count);
        Assert.Equal(10 * (FrameHeader.Length + 3), stream.Length);
    }

    private sealed class Sender(string name, List<string> sent, Sender? next = null) : IBurstSender
    {
        public bool Fails { get; init; }

        public void SendGathered()
        {
            if (Fails)
                throw new InvalidOperationException();
            sent.Add(name);
            if (next is not null)
                Assert.True(SendBurst.TryDefer(next));
        }
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        public int Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count++;
            inner.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}

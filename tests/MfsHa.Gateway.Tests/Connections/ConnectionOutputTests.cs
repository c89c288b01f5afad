using System.IO.Pipelines;
using MfsHa.Gateway.Clients.Requests;
using MfsHa.Gateway.Connections;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;
using Xunit;

namespace MfsHa.Gateway.Tests.Connections;

public sealed class ConnectionOutputTests
{
    private const uint MessageId = 7;

    /// <summary>
    /// A client that has its answer uses the message id again at once. If the place of the first answer were noted only then, it would be that of the next command, which would
    /// count as answered before it is, and be executed again when the client repeats it.
    /// </summary>
    [Fact]
    public void The_place_of_an_answer_is_noted_before_the_client_can_have_it()
    {
        var underway = new AnswersUnderway();
        underway.Begin(MessageId, 1);
        var sent = 0L;
        var pipe = new EagerPeer(bytes =>
        {
            sent += bytes;
            if (sent == bytes)
            {
                underway.Begin(MessageId, 2);
            }
        });
        var output = new ConnectionOutput(pipe, new ConnectionLimits(), TimeProvider.System, static _ => { });
        Answer();
        var first = sent;
        Assert.NotEqual(0, first);
        Assert.Equal(2u, underway.ArrivedBelow(first));
        Answer();
        Assert.Equal(2u, underway.ArrivedBelow(first));
        Assert.Equal(3u, underway.ArrivedBelow(sent));

        void Answer() => output.Write(0, static (ref writer, _) => StatusReply.Write(ref writer, PacketType.Unlink, MessageId, StatusCode.Ok), underway.Answer, MessageId);
    }

    /// <summary>Reads whatever is written at once, on the writing thread.</summary>
    private sealed class EagerPeer(Action<int> reads) : PipeWriter
    {
        public override void Advance(int bytes) => throw new NotSupportedException("only whole pieces are written");

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(default(FlushResult));

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException("only whole pieces are written");

        public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException("only whole pieces are written");

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            reads(source.Length);
            return ValueTask.FromResult(default(FlushResult));
        }
    }
}

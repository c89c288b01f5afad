using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace MfsHa.Consensus.Transport;

/// <summary>
/// Watches the requests on one connection: they follow each other, each is answered before the next begins, and the first byte of each is its type.
/// That is DotNext's internal layout (MessageType in DotNext.Net.Cluster 6.12); a test holds on to it. A request for a pre-vote is held back for this member's
/// turn (<see cref="ElectionTurn"/>), and a request for a vote or pre-vote that is not answered in time ends the connection.
/// </summary>
internal sealed class ElectionPipe : IDuplexPipe
{
    public const byte VoteRequest = 1;
    public const byte PreVoteRequest = 7;
    private readonly ITimer _timer;
    private readonly TimeSpan _deadline;
    private readonly Func<TimeSpan> _turn;
    private readonly TimeProvider _time;
    private bool _inRequest;

    public ElectionPipe(ConnectionContext connection, TimeSpan deadline, Func<TimeSpan> turn, TimeProvider time)
    {
        _deadline = deadline;
        _turn = turn;
        _time = time;
        _timer = time.CreateTimer(static state => ((ConnectionContext)state!).Abort(), connection, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        connection.ConnectionClosed.UnsafeRegister(static timer => ((ITimer)timer!).Dispose(), _timer);
        Input = new Reader(connection.Transport.Input, this);
        Output = new Writer(connection.Transport.Output, this);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    private bool BeginsPreVote(ReadOnlySpan<byte> bytes) => !_inRequest && bytes is [PreVoteRequest, ..];

    private void Sending(ReadOnlySpan<byte> bytes)
    {
        if (_inRequest || bytes.IsEmpty)
        {
            return;
        }

        _inRequest = true;
        if (bytes[0] is VoteRequest or PreVoteRequest)
        {
            _timer.Change(_deadline, Timeout.InfiniteTimeSpan);
        }
    }

    private void Received()
    {
        if (_inRequest)
        {
            _inRequest = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Writer(PipeWriter inner, ElectionPipe owner) : PipeWriter
    {
        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            if (owner.BeginsPreVote(source.Span))
            {
                return WriteInTurnAsync(source, cancellationToken);
            }

            owner.Sending(source.Span);
            return inner.WriteAsync(source, cancellationToken);
        }

        private async ValueTask<FlushResult> WriteInTurnAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
        {
            await Task.Delay(owner._turn(), owner._time, cancellationToken).ConfigureAwait(false);
            owner.Sending(source.Span);
            return await inner.WriteAsync(source, cancellationToken).ConfigureAwait(false);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    private sealed class Reader(PipeReader inner, ElectionPipe owner) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            owner.Received();
            return result;
        }

        public override bool TryRead(out ReadResult result)
        {
            var read = inner.TryRead(out result);
            if (read)
            {
                owner.Received();
            }

            return read;
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}

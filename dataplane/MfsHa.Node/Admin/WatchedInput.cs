using System.IO.Pipelines;

namespace MfsHa.Node.Admin;

/// <summary>What an HTTP/2 connection sends, and whether its sender ended it inside a frame: to Kestrel that is an end like any other.</summary>
internal sealed class WatchedInput(PipeReader inner) : PipeReader
{
    private ReadResult _last;

    private Http2Boundary _boundary = new();

    /// <summary>True when the sender has closed its half inside a frame.</summary>
    public bool IsCutOff { get; private set; }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _boundary.Pass(_last.Buffer.Slice(0, consumed));
        inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        => Note(await inner.ReadAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool isRead = inner.TryRead(out result);
        if (isRead)
        {
            Note(result);
        }

        return isRead;
    }

    // Now, because the last read needs no advance.
    private ReadResult Note(in ReadResult result)
    {
        _last = result;
        if (result.IsCompleted)
        {
            Http2Boundary end = _boundary;
            end.Pass(result.Buffer);
            IsCutOff = end.IsInside;
        }

        return result;
    }
}

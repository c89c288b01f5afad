using MfsHa.NodeLink;
using MfsHa.Replication.Crdt;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Ring;

/// <content>Deltas: sent to successors, taken from predecessors.</content>
public sealed partial class RingReplicator
{
    /// <summary>Sends to each successor what it is assumed to lack, at most one delta.</summary>
    internal void Flush()
    {
        var successors = Successors();
        var available = Available();
        lock (_lock)
        {
            foreach (var successor in successors)
            {
                if (ViewOf(successor) is { IsKnown: true } view)
                    Push(view, available, successors);
            }
        }
    }

    private void Push(PeerView view, VersionVector<StreamId> available, IReadOnlyList<NodeId> successors)
    {
        _delta.Clear();
        _delta.Byte(Format);
        WriteTargets(successors);
        var head = _delta.Length;
        var summaries = WriteNewSummaries(view);
        var (sent, isMore) = WritePieces(view, available);
        if (isMore)
            _delta.Byte((byte)MessagePart.More);
        if (_delta.Length == head || !_rpc.TryPost(view.Peer, RpcMethod.Delta, _delta.Written))
            return;

        foreach (var (kind, version) in summaries)
            view.SummarySent(kind, version);
        foreach (var (stream, to) in sent)
            view.Seen.Advance(stream, to);
        if (!isMore)
            return;
        // It will ask for the rest; what it is told meanwhile makes it ask again if that comes too early.
        view.Seen.Merge(available);
    }

    private void WriteTargets(IReadOnlyList<NodeId> targets)
    {
        _delta.Byte((byte)MessagePart.Targets);
        var count = Math.Min(targets.Count, byte.MaxValue);
        _delta.Byte((byte)count);
        for (var i = 0; i < count; i++)
            _delta.UInt16(targets[i].Value);
    }

    private List<(byte Kind, long Version)> WriteNewSummaries(PeerView view)
    {
        var written = new List<(byte, long)>();
        foreach (var state in _states.Values.Where(view.NeedsSummary))
        {
            // The version first: a change between the two is sent again rather than never.
            written.Add((state.Kind, state.SummaryVersion));
            WriteSummary(_delta, state);
        }

        return written;
    }

    private (List<(StreamId Stream, long To)> Sent, bool IsMore) WritePieces(PeerView view, VersionVector<StreamId> available)
    {
        var sent = new List<(StreamId, long)>();
        var isMore = false;
        foreach (var (stream, last) in available.Seen)
        {
            var from = view.Seen[stream];
            if (from >= last || view.IsOver(stream))
                continue;
            var left = _options.MaxDeltaBytes - _delta.Length;
            if (left <= 0)
                return (sent, true);
            var outcome = WritePiece(_delta, stream, StreamPosition.At(from), left, out var to);
            if (to > from)
                sent.Add((stream, to));
            isMore |= outcome is ReadOutcome.More or ReadOutcome.Restart;
        }

        return (sent, isMore);
    }

    /// <summary>Writes a piece as part of a message. Under the lock.</summary>
    private ReadOutcome WritePiece(WireWriter target, StreamId stream, StreamPosition from, int maxBytes, out long to)
    {
        _piece.Clear();
        var outcome = StateOf(stream.Kind).Read(stream, from, maxBytes, _piece, out to);
        if (outcome is not (ReadOutcome.Last or ReadOutcome.More))
            return outcome;
        target.Byte((byte)MessagePart.Piece);
        RingFormat.WriteStream(target, stream);
        target.VarInt(from.Seen);
        target.VarInt(to - from.Seen);
        var block = target.BeginBlock();
        target.Bytes(_piece.Written.Span);
        target.EndBlock(block);
        return outcome;
    }

    private static void WriteSummary(WireWriter target, IReplicatedStreams state)
    {
        target.Byte((byte)MessagePart.Summary);
        target.Byte(state.Kind);
        var block = target.BeginBlock();
        state.WriteSummary(target);
        target.EndBlock(block);
    }

    private ValueTask<ReadOnlyMemory<byte>> TakeDelta(NodeId from, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var taken = Take(from, message.Span);
        lock (_lock)
        {
            foreach (var (stream, to) in taken.Pieces)
            {
                ViewOf(from)?.Seen.Advance(stream, to);
                foreach (var target in taken.Targets)
                    ViewOf(target)?.Seen.Advance(stream, to);
            }
        }

        if (taken.HasGap || taken.IsMore)
            RequestPull(from);
        return default;
    }
}

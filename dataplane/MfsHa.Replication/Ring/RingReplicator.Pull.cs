using MfsHa.NodeLink;
using MfsHa.Replication.Crdt;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Ring;

/// <content>Anti-entropy: this node's digest goes to a peer, and what it lacks comes back, piece by piece.</content>
public sealed partial class RingReplicator
{
    /// <summary>
    /// Asks all other members that are alive, one after the other, beside what the ring does by itself: after lost messages, or for whoever doubts. Returns those that have given all that was lacking; the
    /// others are logged, and asked again by the ring.
    /// </summary>
    public async Task<IReadOnlyList<NodeId>> PullAllAsync(CancellationToken cancellation)
    {
        NodeId[] members;
        lock (_lock)
            members = [.. _members.Where(member => member != _rpc.Self).Order()];
        var asked = new List<NodeId>();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        foreach (var member in members.Where(_liveness.IsAlive))
        {
            if (await PullAsync(member, linked.Token).ConfigureAwait(false))
                asked.Add(member);
        }

        return asked;
    }

    /// <summary>Asks one peer until nothing is missing any more; true when that is so. Failures are logged; the next interval tries again.</summary>
    internal async Task<bool> PullAsync(NodeId peer, CancellationToken stopping)
    {
        try
        {
            for (var round = 0; round < _options.MaxRounds; round++)
            {
                var request = Request(isFirst: round == 0);
                using var deadline = new CancellationTokenSource(_options.CallTimeout, _time);
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
                var reply = await _rpc.CallAsync(peer, RpcMethod.AntiEntropy, request, linked.Token).ConfigureAwait(false);
                var taken = Take(peer, reply.Span);
                Remember(peer, taken);
                if (!taken.IsMore || !taken.MadeProgress)
                    return !taken.IsMore;
            }

            RingLog.ManyRounds(_logger, peer, _options.MaxRounds);
        }
        catch (Exception e) when (e is PeerUnavailableException or RpcException)
        {
            RingLog.PullFailed(_logger, peer, e.Message);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            RingLog.PullFailed(_logger, peer, $"no answer within {_options.CallTimeout}");
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // A peer that talks nonsense must not end the loop that asks the others.
            RingLog.ExchangeFailed(_logger, peer, e);
        }

        return false;
    }

    private ReadOnlyMemory<byte> Request(bool isFirst)
    {
        // A writer of its own: the memory belongs to the call until it ends.
        var request = new WireWriter();
        request.Byte(Format);
        request.Byte(isFirst ? (byte)1 : (byte)0);
        request.Byte((byte)MessagePart.Digest);
        RingFormat.WriteDigest(request, Digest());
        if (isFirst)
            WriteState(request);
        return request.Written;
    }

    /// <summary>Writes what merges as a whole: the summaries, and now and then what members are known to have seen.</summary>
    private void WriteState(WireWriter target)
    {
        foreach (var state in _states.Values)
            WriteSummary(target, state);
        if (Interlocked.Read(ref _ticks) % _options.KnowledgeEvery != 0)
            return;
        target.Byte((byte)MessagePart.Knowledge);
        lock (_lock)
            RingFormat.WriteKnowledge(target, _stability.SeenBy);
    }

    private ValueTask<ReadOnlyMemory<byte>> Answer(NodeId from, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (message.Length < 2)
            throw new InvalidDataException("digest of less than 2 bytes");
        var isFirst = message.Span[1] != 0;
        var taken = Take(from, message.Span, headLength: 2);
        if (taken.Digest is not { } theirs)
            throw new InvalidDataException("question without a digest");
        Remember(from, taken);

        var reply = new WireWriter();
        reply.Byte(Format);
        if (isFirst)
        {
            reply.Byte((byte)MessagePart.Digest);
            RingFormat.WriteDigest(reply, Digest());
            WriteState(reply);
        }

        var available = Available();
        lock (_lock)
        {
            WriteMissing(reply, available, theirs);
            // It asks on as long as that brings it forward; pushing the same as well would make it ask again.
            ViewOf(from)?.Seen.Merge(available);
        }

        return ValueTask.FromResult(reply.Written);
    }

    private void WriteMissing(WireWriter reply, VersionVector<StreamId> available, StreamDigest theirs)
    {
        var end = reply.Length + _options.MaxReplyBytes;
        foreach (var (stream, last) in available.Seen)
        {
            var from = theirs.Positions.GetValueOrDefault(stream);
            if (from.Seen >= last || theirs.IsOver(stream))
                continue;
            if (reply.Length >= end)
            {
                reply.Byte((byte)MessagePart.More);
                return;
            }

            var outcome = WritePiece(reply, stream, from, end - reply.Length, out _);
            if (outcome == ReadOutcome.Restart)
            {
                reply.Byte((byte)MessagePart.Restart);
                RingFormat.WriteStream(reply, stream);
            }

            if (outcome is ReadOutcome.More or ReadOutcome.Restart)
                reply.Byte((byte)MessagePart.More);
        }
    }

    private void Remember(NodeId peer, TakenMessage taken)
    {
        lock (_lock)
        {
            if (taken.Digest is { } digest)
            {
                ViewOf(peer)?.Set(digest);
                _stability.Observe(peer, SeenOf(digest));
            }

            foreach (var (member, seen) in taken.Knowledge)
                _stability.Observe(member, seen);
        }

        // Its digest may show that it lacks something; a push costs nothing when it does not.
        if (taken.Digest is not null && _options.AsyncReplication)
            _changed.Set();
    }

    private TakenMessage Take(NodeId from, ReadOnlySpan<byte> message, int headLength = 1)
    {
        var reader = new WireReader(message);
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"message of format {format}, known is {Format}");
        reader.Bytes(headLength - 1);
        var taken = new TakenMessage();
        while (!reader.IsAtEnd)
            TakePart(from, (MessagePart)reader.Byte(), ref reader, taken);
        return taken;
    }

    private void TakePart(NodeId from, MessagePart part, ref WireReader reader, TakenMessage taken)
    {
        switch (part)
        {
            case MessagePart.Summary:
                StateOf(reader.Byte()).MergeSummary(reader.Block());
                break;
            case MessagePart.Piece:
                TakePiece(ref reader, taken);
                break;
            case MessagePart.Restart:
                var stream = RingFormat.ReadStream(ref reader);
                RingLog.StreamRestarted(_logger, stream, from);
                StateOf(stream.Kind).Restart(stream);
                taken.MadeProgress = true;
                break;
            case MessagePart.Digest:
                taken.Digest = RingFormat.ReadDigest(ref reader);
                break;
            case MessagePart.Knowledge:
                taken.Knowledge.AddRange(RingFormat.ReadKnowledge(ref reader));
                break;
            case MessagePart.More:
                taken.IsMore = true;
                break;
            case MessagePart.Targets:
                for (var left = reader.Byte(); left > 0; left--)
                    taken.Targets.Add(new NodeId(reader.UInt16()));
                break;
            default:
                throw new InvalidDataException($"message part {(byte)part} is unknown");
        }
    }

    private void TakePiece(ref WireReader reader, TakenMessage taken)
    {
        var stream = RingFormat.ReadStream(ref reader);
        var seen = reader.VarInt();
        var to = checked(seen + reader.VarInt());
        var outcome = StateOf(stream.Kind).Apply(stream, seen, to, reader.Block());
        taken.HasGap |= outcome == ApplyOutcome.Gap;
        taken.MadeProgress |= outcome == ApplyOutcome.Applied;
        if (outcome is ApplyOutcome.Applied or ApplyOutcome.Old)
            taken.Pieces.Add((stream, to));
    }
}

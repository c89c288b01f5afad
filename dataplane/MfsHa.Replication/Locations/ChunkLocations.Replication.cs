using MfsHa.Replication.Crdt;
using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Locations;

/// <content>What the ring carries.</content>
public sealed partial class ChunkLocations : IReplicatedStreams
{
    /// <summary>The kind of these streams.</summary>
    public const byte StreamKind = 1;

    /// <summary>
    /// For so many intervals a stream is waited for in the middle of its pieces; then the node that had the rest must be gone, and what is read next
    /// comes from those that are left.
    /// </summary>
    internal const int MaxStuckTicks = 8;

    /// <summary>After so many intervals a comparison that nobody asks for is forgotten; a node asks for it many times a second while it compares.</summary>
    internal const int MaxIdleTicks = 30;

    /// <inheritdoc/>
    public byte Kind => StreamKind;

    /// <inheritdoc/>
    public long SummaryVersion => Interlocked.Read(ref _summaryVersion);

    /// <inheritdoc/>
    public void AddDigest(StreamDigest digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        foreach (var incarnation in _registry.All)
        {
            lock (incarnation.Lock)
            {
                if (!incarnation.IsOver)
                    digest.Set(IdOf(incarnation), incarnation.Position);
            }
        }

        foreach (var (chunkServerId, epoch) in _registry.Floors())
            digest.SetFloor(new StreamOwner(StreamKind, chunkServerId), epoch);
    }

    /// <inheritdoc/>
    public void AddAvailable(VersionVector<StreamId> available)
    {
        ArgumentNullException.ThrowIfNull(available);
        foreach (var incarnation in _registry.All)
        {
            lock (incarnation.Lock)
            {
                if (!incarnation.IsOver)
                    available.Advance(IdOf(incarnation), incarnation.Current.Seen);
            }
        }
    }

    /// <inheritdoc/>
    public ReadOutcome Read(StreamId stream, StreamPosition from, int maxBytes, WireWriter target, out long to)
    {
        ArgumentNullException.ThrowIfNull(target);
        to = from.Seen;
        if (Find(stream) is not { } incarnation)
            return ReadOutcome.Nothing;
        lock (incarnation.Lock)
        {
            var content = incarnation.Current;
            if (incarnation.IsOver || from.Seen >= content.Seen)
                return ReadOutcome.Nothing;
            if (from.Seen > 0 && from.RemovalsSeen < content.ForgottenUpTo)
                return ReadOutcome.Restart;
            to = LocationPiece.Write(content, from.Seen, maxBytes, target);
            if (to != content.Seen)
                return ReadOutcome.More;
            // Whoever has read so far has this very state.
            content.NoteState();
            return ReadOutcome.Last;
        }
    }

    /// <inheritdoc/>
    public ApplyOutcome Apply(StreamId stream, long from, long to, ReadOnlySpan<byte> piece)
    {
        var outcome = Take(stream, from, to, piece);
        if (outcome is ApplyOutcome.Applied)
            Interlocked.Increment(ref _merged);
        else if (outcome is ApplyOutcome.Old)
            Interlocked.Increment(ref _superseded);
        return outcome;
    }

    private ApplyOutcome Take(StreamId stream, long from, long to, ReadOnlySpan<byte> piece)
    {
        var head = LocationPiece.Validate(from, to, piece);
        // Only its beginning makes a stream known: with a later piece nothing could be done, and the beginning may never come.
        var id = new ChunkServerIncarnation(stream.Owner, stream.Epoch);
        var known = _registry.Find(id) ?? (from == 0 ? _registry.FindOrAdd(id) : null);
        if (known is null && !_registry.IsOver(id))
            return ApplyOutcome.Gap;
        if (known is not { IsLocal: false } incarnation)
            return ApplyOutcome.Old;
        bool statusChanged;
        lock (incarnation.Lock)
        {
            if (incarnation.IsOver)
                return ApplyOutcome.Old;
            if (incarnation.Take(from, to, head, piece, _registry) is not ApplyOutcome.Applied and var outcome)
                return outcome;
            statusChanged = incarnation.RefreshStatus();
        }

        AfterChange(incarnation, statusChanged);
        return ApplyOutcome.Applied;
    }

    /// <inheritdoc/>
    public void Restart(StreamId stream)
    {
        if (Find(stream) is not { IsLocal: false } incarnation)
            return;
        lock (incarnation.Lock)
        {
            if (!incarnation.IsOver && incarnation.Position.Seen > 0)
                incarnation.Restart(_registry);
        }
    }

    /// <inheritdoc/>
    public void WriteSummary(WireWriter target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var floors = _registry.Decisions();
        target.VarInt(floors.Count);
        foreach (var (chunkServerId, epoch) in floors)
        {
            target.UInt16(chunkServerId);
            target.UInt64(epoch);
        }

        var ended = _registry.All.Where(incarnation => incarnation.IsEnded).Select(incarnation => incarnation.Id).ToList();
        target.VarInt(ended.Count);
        foreach (var id in ended)
        {
            target.UInt16(id.ChunkServerId);
            target.UInt64(id.Epoch);
        }
    }

    /// <inheritdoc/>
    public void MergeSummary(ReadOnlySpan<byte> summary)
    {
        const int EntrySize = sizeof(ushort) + sizeof(ulong);
        var reader = new WireReader(summary);
        for (var left = reader.Count(EntrySize); left > 0; left--)
        {
            if (RaiseFloor(reader.UInt16(), reader.UInt64(), isDecided: true))
                Interlocked.Increment(ref _raised);
        }

        for (var left = reader.Count(EntrySize); left > 0; left--)
        {
            if (_registry.FindOrAdd(new ChunkServerIncarnation(reader.UInt16(), reader.UInt64())) is { } incarnation && End(incarnation))
                Interlocked.Increment(ref _ended);
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Tick(Func<StreamId, long> stable)
    {
        ArgumentNullException.ThrowIfNull(stable);
        foreach (var incarnation in _registry.All)
        {
            var upTo = stable(IdOf(incarnation));
            lock (incarnation.Lock)
            {
                if (incarnation.IsOver)
                    continue;
                incarnation.Current.Forget(upTo);
                incarnation.Current.EndScans(static scan => ++scan.IdleTicks > MaxIdleTicks);
                incarnation.Tick(MaxStuckTicks, _registry);
            }
        }
    }

    /// <inheritdoc/>
    public bool Maintain(int budget) => _registry.Purge(budget);

    private static StreamId IdOf(Incarnation incarnation) => new(StreamKind, incarnation.Id.ChunkServerId, incarnation.Id.Epoch);

    private Incarnation? Find(StreamId stream) => _registry.Find(new ChunkServerIncarnation(stream.Owner, stream.Epoch));
}

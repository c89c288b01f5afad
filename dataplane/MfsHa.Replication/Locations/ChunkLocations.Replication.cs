using MfsHa.Replication.Streams;
using MfsHa.Replication.Wire;

namespace MfsHa.Replication.Locations;

/// <content>What the ring carries.</content>
public sealed partial class ChunkLocations : IReplicatedStreams
{
    /// <summary>The kind of these streams.</summary>
    public const byte StreamKind = 1;

    /// <inheritdoc/>
    public byte Kind => StreamKind;

    /// <inheritdoc/>
    public long SummaryVersion => Interlocked.Read(ref _summaryVersion);

    /// <inheritdoc/>
    public void AddDigest(IDictionary<StreamId, StreamPosition> digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        foreach (var incarnation in _registry.All)
        {
            lock (incarnation.Lock)
            {
                if (!incarnation.IsOver)
                    digest[IdOf(incarnation)] = incarnation.Target.Position;
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
            return to == content.Seen ? ReadOutcome.Last : ReadOutcome.More;
        }
    }

    /// <inheritdoc/>
    public ApplyOutcome Apply(StreamId stream, long from, long to, ReadOnlySpan<byte> piece)
    {
        LocationPiece.Validate(from, to, piece);
        if (_registry.FindOrAdd(new ChunkServerIncarnation(stream.Owner, stream.Epoch)) is not { IsLocal: false } incarnation)
            return ApplyOutcome.Old;
        bool statusChanged;
        lock (incarnation.Lock)
        {
            var content = incarnation.Target;
            if (incarnation.IsOver || to <= content.Seen)
                return ApplyOutcome.Old;
            if (from > content.Seen || !LocationPiece.TryApply(content, from, to, piece))
                return ApplyOutcome.Gap;
            if (incarnation.Promote() is { } former)
                _registry.Discard(former);
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
            if (incarnation.IsOver || incarnation.Target.Seen == 0)
                return;
            if (incarnation.Building is { } former)
                Discard(former);
            incarnation.Building = _registry.NewContent(incarnation);
        }
    }

    /// <inheritdoc/>
    public void WriteSummary(WireWriter target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var floors = _registry.DecidedFloors();
        target.VarInt(floors.Count);
        foreach (var (chunkServerId, epoch) in floors)
        {
            target.UInt16(chunkServerId);
            target.UInt64(epoch);
        }

        var ended = _registry.All.Where(incarnation => !incarnation.Status.IsConnected).Select(incarnation => incarnation.Id).ToList();
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
            RaiseFloor(reader.UInt16(), reader.UInt64(), isDecided: true);
        for (var left = reader.Count(EntrySize); left > 0; left--)
        {
            if (_registry.FindOrAdd(new ChunkServerIncarnation(reader.UInt16(), reader.UInt64())) is { } incarnation)
                End(incarnation);
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Forget(Func<StreamId, long> stable)
    {
        ArgumentNullException.ThrowIfNull(stable);
        foreach (var incarnation in _registry.All)
        {
            var upTo = stable(IdOf(incarnation));
            lock (incarnation.Lock)
            {
                if (!incarnation.IsOver)
                    incarnation.Current.Forget(upTo);
            }
        }
    }

    /// <inheritdoc/>
    public bool Maintain(int budget) => _registry.Purge(budget);

    private static StreamId IdOf(Incarnation incarnation) => new(StreamKind, incarnation.Id.ChunkServerId, incarnation.Id.Epoch);

    private Incarnation? Find(StreamId stream) => _registry.Find(new ChunkServerIncarnation(stream.Owner, stream.Epoch));
}

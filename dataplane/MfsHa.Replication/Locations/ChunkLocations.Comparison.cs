using MfsHa.Replication.Locations.Comparison;

namespace MfsHa.Replication.Locations;

/// <content>What nodes compare.</content>
public sealed partial class ChunkLocations : IContentComparison
{
    /// <summary>Bounds the time under an incarnation's lock, as for pieces.</summary>
    private const int MaxChangesAtOnce = 65_536;

    /// <inheritdoc/>
    public ScanStep Scan(Guid comparison, ChunkServerIncarnation stream, int maxChanges)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxChanges, 1);
        if (_registry.Find(stream) is not { } incarnation)
            return new ScanStep(_registry.IsOver(stream) ? ScanOutcome.Over : ScanOutcome.Unknown, []);
        lock (incarnation.Lock)
        {
            if (incarnation.IsOver)
                return new ScanStep(ScanOutcome.Over, []);
            // A content that was read anew has no scan: it is counted from its beginning.
            if (incarnation.Current.FindOrAddScan(comparison) is not { } scan)
                return new ScanStep(ScanOutcome.Refused, []);
            scan.IdleTicks = 0;
            return scan.Step(incarnation.Current, Math.Min(maxChanges, MaxChangesAtOnce)) ? new ScanStep(ScanOutcome.CaughtUp, scan.States) : new ScanStep(ScanOutcome.UnderWay, []);
        }
    }

    /// <inheritdoc/>
    public void EndScans(Guid comparison)
    {
        foreach (var incarnation in _registry.All)
        {
            lock (incarnation.Lock)
                incarnation.Current.EndScans(scan => scan.Comparison == comparison);
        }
    }

    /// <inheritdoc/>
    public int ReadCopies(ChunkServerIncarnation stream, ref long cursor, Span<CopyState> page, out bool isEnd)
    {
        isEnd = true;
        if (page.IsEmpty || _registry.Find(stream) is not { } incarnation)
            return 0;
        var count = 0;
        lock (incarnation.Lock)
        {
            var content = incarnation.Current;
            var left = MaxChangesAtOnce;
            foreach (var (at, chunkId) in content.Pairs(cursor))
            {
                isEnd = count < page.Length && left-- > 0;
                if (!isEnd)
                    break;
                cursor = at;
                if (content.TryGet(chunkId, out var record) && record.Sequence == at && !record.IsRemoved)
                    page[count++] = StateOf(chunkId, record);
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public (CopyState Copy, long Seen)? FindCopy(ChunkServerIncarnation stream, ulong chunkId)
    {
        if (_registry.Find(stream) is not { } incarnation)
            return null;
        lock (incarnation.Lock)
        {
            if (incarnation.IsOver)
                return null;
            var content = incarnation.Current;
            return (content.TryGet(chunkId, out var record) ? StateOf(chunkId, record) : new CopyState(chunkId, 0, 0, ChunkFlags.None, false), content.Seen);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(ushort ChunkServerId, ulong Epoch)> Dropped() => _registry.Decisions();

    private static CopyState StateOf(ulong chunkId, in LocationRecord record) => new(chunkId, record.Sequence, record.Version, record.Flags, !record.IsRemoved);
}

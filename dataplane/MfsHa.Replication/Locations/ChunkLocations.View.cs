namespace MfsHa.Replication.Locations;

/// <content>Queries.</content>
public sealed partial class ChunkLocations
{
    /// <summary>More than a chunk has copies and parts in any sane cluster; above it the look-up takes memory.</summary>
    private const int UsualRecords = 64;

    /// <inheritdoc/>
    public IReadOnlyList<ChunkServerStatus> Servers => [.. _registry.All.Select(incarnation => incarnation.Status).OfType<ChunkServerStatus>()];

    /// <inheritdoc/>
    public ChunkServerStatus? FindServer(ChunkServerIncarnation incarnation) => _registry.Find(incarnation)?.Status;

    /// <inheritdoc/>
    public int Find(ulong chunkId, Span<ChunkLocation> target)
    {
        var chunk = LocationTable.Chunk(chunkId);
        var stripe = _table.StripeOf(chunk);
        Span<LocationRecord> records = stackalloc LocationRecord[UsualRecords];
        // All of it under the stripe's lock: while it is held no record leaves the stripe, and so no slot is given to another incarnation.
        lock (stripe.Lock)
        {
            var count = stripe.Collect(chunk, records);
            if (count > records.Length)
            {
                records = new LocationRecord[count];
                stripe.Collect(chunk, records);
            }

            records = records[..count];
            var found = 0;
            foreach (ref readonly var record in records)
            {
                var content = _registry.Content(record.Slot);
                if (record.IsRemoved || !content.IsVisible || content.Owner.Status is not { } server || IsHidden(record, content, records))
                    continue;
                if (found < target.Length)
                    target[found] = new ChunkLocation(server, record.Part, record.Version, record.Flags);
                found++;
            }

            return found;
        }
    }

    /// <inheritdoc/>
    public int ReadChunks(ChunkServerIncarnation incarnation, ref long cursor, Span<ChunkCopy> page)
    {
        if (page.IsEmpty || _registry.Find(incarnation) is not { } found)
            return 0;
        var count = 0;
        lock (found.Lock)
        {
            foreach (var (chunkId, record) in found.Current.After(cursor))
            {
                cursor = record.Sequence;
                if (record.IsRemoved)
                    continue;
                page[count++] = new ChunkCopy(chunkId, record.Version, record.Flags);
                if (count == page.Length)
                    break;
            }
        }

        return count;
    }

    /// <inheritdoc/>
    public int ReadChanges(ChunkServerIncarnation incarnation, ref long cursor, Span<ulong> page)
    {
        if (page.IsEmpty || _registry.Find(incarnation) is not { } found)
            return 0;
        var count = 0;
        lock (found.Lock)
        {
            if (found.Current.Seen <= cursor)
                return 0;
            foreach (var (chunkId, record) in found.Current.After(cursor))
            {
                cursor = record.Sequence;
                page[count++] = chunkId;
                if (count == page.Length)
                    return count;
            }

            cursor = found.Current.Seen;
        }

        return count;
    }

    /// <inheritdoc/>
    public int CountChunks(ChunkServerIncarnation incarnation) => _registry.Find(incarnation)?.Current.Live ?? 0;

    /// <summary>A later connection of the same chunkserver has said something about the same copy, be it that it is gone.</summary>
    private bool IsHidden(in LocationRecord record, StreamContent content, ReadOnlySpan<LocationRecord> records)
    {
        foreach (ref readonly var other in records)
        {
            if (other.Slot == record.Slot || other.Part != record.Part)
                continue;
            var otherContent = _registry.Content(other.Slot);
            if (otherContent.IsVisible
                && otherContent.Owner.Id.ChunkServerId == content.Owner.Id.ChunkServerId
                && otherContent.Owner.Id.Epoch > content.Owner.Id.Epoch)
            {
                return true;
            }
        }

        return false;
    }
}

using MfsHa.Replication.Locations.Comparison;

namespace MfsHa.Replication.Locations;

/// <content>What is counted while nodes compare their contents.</content>
internal sealed partial class StreamContent
{
    /// <summary>Comparisons at once: a person's, the operator's, and some by mistake.</summary>
    public const int MaxScans = 4;

    /// <summary>Bounds what a state that is noted adds to the time under the lock: twice what a piece takes at most.</summary>
    private const int MaxNotedChanges = 65_536;

    /// <summary>Null while nobody compares; the array is never changed.</summary>
    private ContentScan[]? _scans;

    /// <summary>The changes behind a sequence number with their chunks, in order, void ones among them.</summary>
    public IEnumerable<(long Sequence, ulong ChunkId)> Pairs(long sequence) => _index.After(sequence);

    /// <summary>The scan of a comparison; null when there are as many as there may be.</summary>
    public ContentScan? FindOrAddScan(Guid comparison)
    {
        var scans = _scans ?? [];
        if (Array.Find(scans, scan => scan.Comparison == comparison) is { } known)
            return known;
        if (scans.Length == MaxScans)
            return null;
        var added = new ContentScan(comparison);
        _scans = [.. scans, added];
        return added;
    }

    /// <summary>Drops scans.</summary>
    public void EndScans(Predicate<ContentScan> isOver)
    {
        if (_scans is not { } scans)
            return;
        ContentScan[] left = [.. scans.Where(scan => !isOver(scan))];
        _scans = left.Length > 0 ? left : null;
    }

    /// <summary>The content is in a state that the stream had, and that other nodes have or get.</summary>
    public void NoteState()
    {
        foreach (var scan in _scans ?? [])
            scan.Follow(this, MaxNotedChanges);
    }

    private void TellScans(ulong chunkId, in LocationRecord replaced)
    {
        if (replaced.Sequence == 0)
            return;
        foreach (var scan in _scans ?? [])
            scan.Replaced(chunkId, replaced);
    }
}

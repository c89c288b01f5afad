namespace MfsHa.Replication.Locations;

/// <content>What chunkservers that are connected here report.</content>
public sealed partial class ChunkLocations
{
    /// <inheritdoc/>
    public void Begin(ChunkServerIncarnation incarnation, ChunkServerInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentOutOfRangeException.ThrowIfZero(incarnation.ChunkServerId, nameof(incarnation));
        var added = _registry.AddLocal(incarnation);
        Write(added, content => SetEntry(content, new ChunkServerEntry(info, _self, 0)));
    }

    /// <inheritdoc/>
    public bool Report(ChunkServerIncarnation incarnation, ReadOnlySpan<ChunkCopy> copies)
    {
        if (FindLocal(incarnation) is not { } found)
            return false;
        var changed = false;
        lock (found.Lock)
        {
            if (found.IsOver || found.IsEnded)
                return false;
            var content = found.Current;
            foreach (var copy in copies)
            {
                if (copy.Version > LocationRecord.MaxVersion)
                    throw new ArgumentOutOfRangeException(nameof(copies), $"chunk {copy.ChunkId:X16} has version {copy.Version}, which has more than 31 bits");
                if (content.TryGet(copy.ChunkId, out var known) && !known.IsRemoved && known.Version == copy.Version && known.Flags == copy.Flags)
                    continue;
                content.Put(content.Next(), copy.ChunkId, copy.Version, copy.Flags, removed: false);
                changed = true;
            }
        }

        if (changed)
            Changed?.Invoke();
        return true;
    }

    /// <inheritdoc/>
    public bool ReportLost(ChunkServerIncarnation incarnation, ReadOnlySpan<ulong> chunkIds)
    {
        if (FindLocal(incarnation) is not { } found)
            return false;
        lock (found.Lock)
        {
            if (found.IsOver || found.IsEnded)
                return false;
            var content = found.Current;
            foreach (var chunkId in chunkIds)
            {
                // While it registers, a removal of what it has not listed hides what its former connection listed.
                var isKnown = content.TryGet(chunkId, out var known);
                if (isKnown ? !known.IsRemoved : !content.IsComplete)
                    content.Put(content.Next(), chunkId, 0, ChunkFlags.None, removed: true);
            }
        }

        Changed?.Invoke();
        return true;
    }

    /// <inheritdoc/>
    public bool ReportDamaged(ChunkServerIncarnation incarnation, ReadOnlySpan<ulong> chunkIds)
        => Note(incarnation, chunkIds, static known => known is { } copy ? copy with { Flags = copy.Flags | ChunkFlags.Damaged } : new KnownState(0, ChunkFlags.Damaged));

    /// <inheritdoc/>
    public bool ReportUnexpected(ChunkServerIncarnation incarnation, ulong chunkId, uint? believed)
        => Note(incarnation, [chunkId], known => known?.Version == believed ? new KnownState(0, known?.Flags ?? ChunkFlags.None) : known);

    private bool Note(ChunkServerIncarnation incarnation, ReadOnlySpan<ulong> chunkIds, Func<KnownState?, KnownState?> change)
    {
        if (FindLocal(incarnation) is not { } found)
            return false;
        lock (found.Lock)
        {
            if (found.IsOver || found.IsEnded)
                return false;
            var content = found.Current;
            foreach (var chunkId in chunkIds)
            {
                KnownState? before = content.TryGet(chunkId, out var known) && !known.IsRemoved ? new KnownState(known.Version, known.Flags) : null;
                var after = change(before);
                if (after is { } copy && after != before)
                    content.Put(content.Next(), chunkId, copy.Version, copy.Flags, removed: false);
            }
        }

        Changed?.Invoke();
        return true;
    }

    /// <inheritdoc/>
    public bool Complete(ChunkServerIncarnation incarnation)
        => FindLocal(incarnation) is { } found
            && Write(found, content =>
            {
                if (!content.IsComplete)
                    SetEntry(content, content.Entry.Value with { CompletedAt = content.Seen + 1 });
            });

    /// <inheritdoc/>
    public bool UpdateInfo(ChunkServerIncarnation incarnation, ChunkServerInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return FindLocal(incarnation) is { } found
            && Write(found, content =>
            {
                if (content.Entry.Value.Info != info)
                    SetEntry(content, content.Entry.Value with { Info = info });
            });
    }

    /// <inheritdoc/>
    public bool Disconnect(ChunkServerIncarnation incarnation)
    {
        if (_registry.Find(incarnation) is not { } found)
            return false;
        var ended = End(found);
        Changed?.Invoke();
        return ended;
    }

    private static void SetEntry(StreamContent content, ChunkServerEntry entry)
    {
        var sequence = content.Next();
        content.Set(new(entry, new((ulong)sequence, entry.Gateway)));
    }

    private Incarnation? FindLocal(ChunkServerIncarnation incarnation)
    {
        var found = _registry.Find(incarnation);
        return found is null || found.IsLocal ? found : throw new ArgumentException($"{incarnation} is not connected to this node", nameof(incarnation));
    }

    private bool Write(Incarnation incarnation, Action<StreamContent> change)
    {
        bool statusChanged;
        lock (incarnation.Lock)
        {
            if (incarnation.IsOver || incarnation.IsEnded)
                return false;
            change(incarnation.Current);
            statusChanged = incarnation.RefreshStatus();
        }

        AfterChange(incarnation, statusChanged);
        return true;
    }

    private bool End(Incarnation incarnation)
    {
        lock (incarnation.Lock)
        {
            if (incarnation.IsOver || incarnation.IsEnded)
                return false;
            incarnation.IsEnded = true;
            incarnation.RefreshStatus();
        }

        Interlocked.Increment(ref _summaryVersion);
        ServerChanged?.Invoke(incarnation.Id);
        return true;
    }

    private readonly record struct KnownState(uint Version, ChunkFlags Flags);
}

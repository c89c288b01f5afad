using MfsHa.Replication.Crdt;
using MfsHa.Replication.Streams;

namespace MfsHa.Replication.Locations;

/// <summary>
/// What a replica holds of one incarnation's stream: the records (in the shared table, under an own slot), the order of their changes, the
/// removals not yet forgotten, and the registry's register. Everything is done under the incarnation's lock, except where said.
/// </summary>
internal sealed partial class StreamContent(ushort slot, Incarnation owner, LocationTable table, int maxTombstones)
{
    private readonly SequenceIndex _index = new();
    private readonly Queue<(long Sequence, ulong ChunkId)> _tombstones = new();
    private volatile bool _visible;
    private IEnumerator<(long Sequence, ulong ChunkId)>? _purging;

    /// <summary>Marks the records in the table.</summary>
    public ushort Slot { get; } = slot;

    public Incarnation Owner { get; } = owner;

    /// <summary>False while it is being built anew and after it is over; read without lock, under that of a stripe.</summary>
    public bool IsVisible
    {
        get => _visible;
        set => _visible = value;
    }

    /// <summary>All changes up to this one have been seen.</summary>
    public long Seen { get; private set; }

    /// <summary>Removals up to this one are not remembered here: whoever knows something but not them cannot be told all of them.</summary>
    public long ForgottenUpTo { get; private set; }

    /// <summary>How far this has been read.</summary>
    public StreamPosition Position => new(Seen, Math.Max(Seen, ForgottenUpTo));

    /// <summary>Copies that are present.</summary>
    public int Live { get; private set; }

    public LwwRegister<ChunkServerEntry> Entry { get; private set; } = new(ChunkServerEntry.Unknown, default);

    /// <summary>True from when all that the chunkserver reported while it registered has arrived.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The copy as it stands, also a removed one; false when nothing was ever said about it.</summary>
    public bool TryGet(ulong chunkId, out LocationRecord record) => table.TryGet(chunkId, Slot, out record);

    /// <summary>Takes over one change. Sequence numbers never go back, and each is used once.</summary>
    public void Put(long sequence, ulong chunkId, uint version, ChunkFlags flags, bool removed)
    {
        var replaced = table.Put(chunkId, new LocationRecord(sequence, Slot, LocationTable.Part(chunkId), flags, version, removed));
        if (replaced.Sequence > 0)
            _index.MarkStale();
        if (_scans is not null)
            TellScans(chunkId, replaced);
        Live += (removed ? 0 : 1) - (replaced.Sequence > 0 && !replaced.IsRemoved ? 1 : 0);
        _index.Append(sequence, chunkId);
        if (removed)
            AddTombstone(sequence, chunkId);
        if (_index.NeedsCompaction)
            _index.Compact((id, at) => table.TryGet(id, Slot, out var record) && record.Sequence == at);
    }

    /// <summary>The writer's next sequence number.</summary>
    public long Next() => Seen < LocationRecord.MaxSequence ? ++Seen : throw new InvalidOperationException($"the stream of {Owner.Id} is full: its chunkserver must connect anew");

    /// <summary>The writer's register.</summary>
    public void Set(LwwRegister<ChunkServerEntry> entry)
    {
        Entry = entry;
        NoteComplete();
    }

    /// <summary>A piece was taken over.</summary>
    /// <param name="to">Up to where it goes.</param>
    /// <param name="forgotten">Removals that its sender does not remember; counts when this is read from its beginning.</param>
    /// <param name="entry">The register, if it was in.</param>
    public void Taken(long to, long forgotten, LwwRegister<ChunkServerEntry>? entry)
    {
        if (Seen == 0)
            ForgottenUpTo = Math.Max(ForgottenUpTo, forgotten);
        Seen = to;
        if (entry is { } register)
            Entry = Entry.Merge(register);
        NoteComplete();
    }

    /// <summary>Forgets removals that everybody has seen.</summary>
    public void Forget(long stable)
    {
        while (_tombstones.TryPeek(out var oldest) && oldest.Sequence <= stable)
            ForgetOldest();
    }

    /// <summary>Current records behind a sequence number, in order, with their chunk ids.</summary>
    public IEnumerable<(ulong ChunkId, LocationRecord Record)> After(long sequence)
    {
        foreach (var (at, chunkId) in _index.After(sequence))
        {
            if (table.TryGet(chunkId, Slot, out var record) && record.Sequence == at)
                yield return (chunkId, record);
        }
    }

    /// <summary>
    /// Takes the records out of the table when the content is over, as many as the budget allows. True when none is left.
    /// Called by one thread at a time, without the incarnation's lock.
    /// </summary>
    public bool Purge(ref int budget)
    {
        _purging ??= _index.After(0).GetEnumerator();
        while (budget > 0)
        {
            if (!_purging.MoveNext())
                return true;
            var (sequence, chunkId) = _purging.Current;
            table.Remove(chunkId, Slot, sequence);
            budget--;
        }

        return false;
    }

    private void NoteComplete() => IsComplete |= Entry.Value.CompletedAt > 0 && Seen >= Entry.Value.CompletedAt;

    private void AddTombstone(long sequence, ulong chunkId)
    {
        _tombstones.Enqueue((sequence, chunkId));
        // A member that is away for days must not fill the memory of the others: it will read the stream from its beginning.
        if (_tombstones.Count > maxTombstones)
            ForgetOldest();
    }

    private void ForgetOldest()
    {
        var (sequence, chunkId) = _tombstones.Dequeue();
        // Otherwise the chunk was reported again since; nobody needs to hear of the removal.
        if (!table.Remove(chunkId, Slot, sequence))
            return;
        _index.MarkStale();
        ForgottenUpTo = sequence;
    }
}

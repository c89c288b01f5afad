namespace MfsHa.Replication.Locations;

/// <summary>
/// The incarnations that are not over, the slots under which their records are in the table, and per chunkserver the epoch below which everything
/// is over (grows only: a max register per chunkserver id, so at most 65,535 of them). Thread-safe.
/// </summary>
internal sealed class IncarnationRegistry(LocationTable table, int maxTombstones)
{
    private const int MaxSlots = 1 << 16;
    private readonly Lock _lock = new();
    private readonly Dictionary<ChunkServerIncarnation, Incarnation> _incarnations = [];
    private readonly Dictionary<ushort, ulong> _floors = [];
    private readonly Dictionary<ushort, ulong> _decided = [];
    private readonly Stack<ushort> _freeSlots = new();
    private readonly Queue<StreamContent> _discarded = new();
    private StreamContent?[] _slots = new StreamContent?[16];
    private int _usedSlots;
    private volatile Incarnation[]? _all;

    /// <summary>All incarnations; the array is never changed.</summary>
    public Incarnation[] All
    {
        get
        {
            if (_all is { } all)
                return all;
            lock (_lock)
                return _all = [.. _incarnations.Values];
        }
    }

    /// <summary>The content that owns a slot. Called under the lock of a stripe that holds a record of it: such a slot is not given away.</summary>
    public StreamContent Content(ushort slot) => Volatile.Read(ref _slots)[slot]!;

    public Incarnation? Find(ChunkServerIncarnation id)
    {
        lock (_lock)
            return _incarnations.GetValueOrDefault(id);
    }

    /// <summary>True when the incarnation is superseded or dropped.</summary>
    public bool IsOver(ChunkServerIncarnation id)
    {
        lock (_lock)
            return id.Epoch < _floors.GetValueOrDefault(id.ChunkServerId);
    }

    /// <summary>The incarnation, made when it was not known; null when it is over.</summary>
    public Incarnation? FindOrAdd(ChunkServerIncarnation id)
    {
        lock (_lock)
        {
            if (_incarnations.TryGetValue(id, out var known))
                return known;
            return id.Epoch < _floors.GetValueOrDefault(id.ChunkServerId) ? null : Add(id, isLocal: false);
        }
    }

    /// <summary>Makes a new incarnation of which this process is the writer.</summary>
    public Incarnation AddLocal(ChunkServerIncarnation id)
    {
        lock (_lock)
        {
            if (id.Epoch < _floors.GetValueOrDefault(id.ChunkServerId) || _incarnations.Keys.Any(other => other.ChunkServerId == id.ChunkServerId && other.Epoch >= id.Epoch))
                throw new ArgumentException($"{id} is not newer than what is known", nameof(id));
            return Add(id, isLocal: true);
        }
    }

    /// <summary>Makes an empty, invisible content for reading a stream anew.</summary>
    public StreamContent NewContent(Incarnation owner)
    {
        lock (_lock)
            return TakeSlot(owner);
    }

    /// <summary>
    /// Everything of this chunkserver below the epoch is over, by decision (of which all replicas must hear) or because a later
    /// incarnation is complete. Gives the incarnations that this ends; null when it is no news.
    /// </summary>
    public List<Incarnation>? RaiseFloor(ushort chunkServerId, ulong epoch, bool isDecided)
    {
        lock (_lock)
        {
            var isNewDecision = isDecided && _decided.GetValueOrDefault(chunkServerId) < epoch;
            if (isNewDecision)
                _decided[chunkServerId] = epoch;
            if (!isNewDecision && _floors.GetValueOrDefault(chunkServerId) >= epoch)
                return null;
            _floors[chunkServerId] = Math.Max(epoch, _floors.GetValueOrDefault(chunkServerId));
            var over = _incarnations.Values.Where(known => known.Id.ChunkServerId == chunkServerId && known.Id.Epoch < epoch).ToList();
            foreach (var incarnation in over)
                _incarnations.Remove(incarnation.Id);
            _all = null;
            return over;
        }
    }

    /// <summary>Per chunkserver the epoch below which everything is over, for whatever reason.</summary>
    public List<(ushort ChunkServerId, ulong Epoch)> Floors()
    {
        lock (_lock)
            return [.. _floors.Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>The same, for what was decided only.</summary>
    public List<(ushort ChunkServerId, ulong Epoch)> Decisions()
    {
        lock (_lock)
            return [.. _decided.Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>The content becomes invisible and will not change any more; its records are taken out of the table by <see cref="Purge"/>.</summary>
    public void Discard(StreamContent content)
    {
        content.IsVisible = false;
        lock (_lock)
            _discarded.Enqueue(content);
    }

    /// <summary>Takes records of discarded contents out of the table. True when more than the budget was there.</summary>
    public bool Purge(int budget)
    {
        while (true)
        {
            StreamContent? content;
            lock (_lock)
            {
                if (!_discarded.TryPeek(out content))
                    return false;
            }

            if (!content.Purge(ref budget))
                return true;
            lock (_lock)
            {
                _discarded.Dequeue();
                _freeSlots.Push(content.Slot);
            }
        }
    }

    private Incarnation Add(ChunkServerIncarnation id, bool isLocal)
    {
        var incarnation = new Incarnation(id, isLocal) { Current = null! };
        incarnation.Current = TakeSlot(incarnation);
        incarnation.Current.IsVisible = true;
        _incarnations.Add(id, incarnation);
        _all = null;
        return incarnation;
    }

    private StreamContent TakeSlot(Incarnation owner)
    {
        if (!_freeSlots.TryPop(out var slot))
        {
            if (_usedSlots == MaxSlots)
                throw new InvalidOperationException($"{MaxSlots} connections of chunkservers are remembered already");
            slot = (ushort)_usedSlots++;
            if (slot == _slots.Length)
            {
                // Readers keep using the former array; it has all that they can have met.
                var larger = new StreamContent?[_slots.Length * 2];
                _slots.CopyTo(larger, 0);
                Volatile.Write(ref _slots, larger);
            }
        }

        var content = new StreamContent(slot, owner, table, maxTombstones);
        _slots[slot] = content;
        return content;
    }
}

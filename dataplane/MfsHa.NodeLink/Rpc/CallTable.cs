namespace MfsHa.NodeLink.Rpc;

/// <summary>
/// The waiting calls of one connection. An id is a slot (lower 16 bits) and a counter of its uses (upper 16), so that a late reply does not meet the
/// slot's next call.
/// </summary>
internal sealed class CallTable(int capacity)
{
    private const int SlotBits = 16;

    private readonly Lock _lock = new();
    private readonly List<PendingCall?> _slots = [];
    private readonly List<ushort> _uses = [];
    private readonly Stack<int> _free = new();
    private bool _closed;

    /// <summary>Adds a call and gives it its id. False when there are too many, or after <see cref="Close"/>.</summary>
    public bool TryAdd(PendingCall call)
    {
        lock (_lock)
        {
            if (_closed)
                return false;
            if (!_free.TryPop(out var slot))
            {
                if (_slots.Count >= capacity)
                    return false;
                slot = _slots.Count;
                _slots.Add(null);
                _uses.Add(0);
            }

            _slots[slot] = call;
            call.Id = ((uint)++_uses[slot] << SlotBits) | (uint)slot;
            return true;
        }
    }

    /// <summary>True while the call of this id waits.</summary>
    public bool Contains(uint id)
    {
        lock (_lock)
            return Slot(id) >= 0;
    }

    /// <summary>Takes a call out; null when it does not wait any more. The taker completes it.</summary>
    public PendingCall? Take(uint id)
    {
        lock (_lock)
        {
            var slot = Slot(id);
            if (slot < 0)
                return null;
            var call = _slots[slot];
            _slots[slot] = null;
            _free.Push(slot);
            return call;
        }
    }

    /// <summary>Takes all calls out and refuses further ones.</summary>
    public List<PendingCall> Close()
    {
        lock (_lock)
        {
            _closed = true;
            var waiting = _slots.OfType<PendingCall>().ToList();
            _slots.Clear();
            _uses.Clear();
            _free.Clear();
            return waiting;
        }
    }

    private int Slot(uint id)
    {
        var slot = (int)(id & ((1u << SlotBits) - 1));
        return slot < _slots.Count && _slots[slot]?.Id == id ? slot : -1;
    }
}

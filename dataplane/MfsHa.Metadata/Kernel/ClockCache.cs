namespace MfsHa.Metadata.Kernel;

/// <summary>
/// A bounded map that forgets entries not used lately (second chance). Not thread-safe: it belongs to one state machine.
/// </summary>
/// <typeparam name="TKey">Key.</typeparam>
/// <typeparam name="TValue">Value.</typeparam>
internal sealed class ClockCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private const int FirstSize = 64;
    private readonly Dictionary<TKey, int> slots = [];
    private Slot[] ring = new Slot[Math.Min(capacity, FirstSize)];
    private int used;
    private int hand;

    public int Capacity => capacity;

    public int Count => slots.Count;

    public bool TryGet(TKey key, out TValue value)
    {
        if (slots.TryGetValue(key, out var index))
        {
            ref var slot = ref ring[index];
            slot.Recent = true;
            value = slot.Value;
            return true;
        }

        value = default!;
        return false;
    }

    public void Set(TKey key, TValue value)
    {
        if (slots.TryGetValue(key, out var index))
        {
            ref var slot = ref ring[index];
            slot.Value = value;
            slot.Recent = true;
            return;
        }

        if (capacity == 0)
        {
            return;
        }

        index = used < capacity ? Grow() : Evict();
        ring[index] = new Slot { Key = key, Value = value, Recent = false };
        slots.Add(key, index);
    }

    public void Clear()
    {
        slots.Clear();
        ring = new Slot[Math.Min(capacity, FirstSize)];
        used = 0;
        hand = 0;
    }

    private int Grow()
    {
        if (used == ring.Length)
        {
            Array.Resize(ref ring, Math.Min(capacity, ring.Length * 2));
        }

        return used++;
    }

    private int Evict()
    {
        while (true)
        {
            ref var slot = ref ring[hand];
            var index = hand;
            hand = hand + 1 == used ? 0 : hand + 1;
            if (slot.Recent)
            {
                slot.Recent = false;
                continue;
            }

            slots.Remove(slot.Key);
            return index;
        }
    }

    private struct Slot
    {
        public TKey Key;
        public TValue Value;
        public bool Recent;
    }
}

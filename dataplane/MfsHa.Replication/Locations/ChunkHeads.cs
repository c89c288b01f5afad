using System.Numerics;

namespace MfsHa.Replication.Locations;

/// <summary>
/// Chunk id to index of its first record: open addressing with linear probing, 12 bytes a place (a Dictionary takes 28). Not thread-safe.
/// </summary>
internal sealed class ChunkHeads
{
    private const int InitialCapacity = 16;
    private const int Empty = -1;
    private ulong[] _keys = new ulong[InitialCapacity];
    private int[] _heads = NewHeads(InitialCapacity);

    public int Count { get; private set; }

    /// <summary>The index, or -1.</summary>
    public int Find(ulong key)
    {
        var place = Place(key);
        return _heads[place];
    }

    /// <summary>Adds or changes.</summary>
    public void Set(ulong key, int head)
    {
        var place = Place(key);
        if (_heads[place] == Empty)
        {
            // At most four fifths full.
            if ((Count + 1) * 5L > _keys.Length * 4L)
            {
                Resize(_keys.Length * 2);
                place = Place(key);
            }

            Count++;
            _keys[place] = key;
        }

        _heads[place] = head;
    }

    /// <summary>Removes; closes the gap so that no marks are left behind.</summary>
    public void Remove(ulong key)
    {
        var mask = _keys.Length - 1;
        var gap = Place(key);
        if (_heads[gap] == Empty)
            return;
        for (var place = (gap + 1) & mask; _heads[place] != Empty; place = (place + 1) & mask)
        {
            var home = Home(_keys[place]);
            // The entry may move into the gap unless its home lies behind the gap on the way to its place.
            if (((place - home) & mask) < ((place - gap) & mask))
                continue;
            (_keys[gap], _heads[gap]) = (_keys[place], _heads[place]);
            gap = place;
        }

        _heads[gap] = Empty;
        Count--;
        if (_keys.Length > InitialCapacity && Count * 8L < _keys.Length)
            Resize(_keys.Length / 2);
    }

    private static int[] NewHeads(int capacity)
    {
        var heads = new int[capacity];
        Array.Fill(heads, Empty);
        return heads;
    }

    private int Place(ulong key)
    {
        var mask = _keys.Length - 1;
        var place = Home(key);
        while (_heads[place] != Empty && _keys[place] != key)
            place = (place + 1) & mask;
        return place;
    }

    /// <summary>Chunk ids are consecutive: a multiplication spreads them (Fibonacci hashing), and the stripe has used the topmost bits.</summary>
    private int Home(ulong key) => (int)((key * 0x9E3779B97F4A7C15ul) >> (58 - BitOperations.Log2((uint)_keys.Length))) & (_keys.Length - 1);

    private void Resize(int capacity)
    {
        var (keys, heads) = (_keys, _heads);
        _keys = new ulong[capacity];
        _heads = NewHeads(capacity);
        for (var i = 0; i < heads.Length; i++)
        {
            if (heads[i] == Empty)
                continue;
            var place = Place(keys[i]);
            (_keys[place], _heads[place]) = (keys[i], heads[i]);
        }
    }
}

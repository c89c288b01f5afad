using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus.Log;

/// <summary>The newest entries of a log, consecutive up to the last one. Not thread-safe.</summary>
internal sealed class EntryCache(long maxBytes)
{
    private RaftLogEntry?[] _ring = new RaftLogEntry[64];
    private int _head;
    private int _count;

    public long Bytes { get; private set; }

    /// <summary>Index of the oldest cached entry, or the one behind the last when nothing is cached.</summary>
    public long FirstIndex { get; private set; } = 1;

    /// <summary>Begins anew: the next entry is <paramref name="firstIndex"/>.</summary>
    public void Reset(long firstIndex)
    {
        Array.Clear(_ring);
        (_head, _count, Bytes, FirstIndex) = (0, 0, 0, firstIndex);
    }

    public void Add(RaftLogEntry entry)
    {
        if (entry.Index != FirstIndex + _count)
        {
            throw new InvalidOperationException($"entry {entry.Index} does not follow {FirstIndex + _count - 1}");
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + _count) & (_ring.Length - 1)] = entry;
        _count++;
        Bytes += SizeOf(entry);
    }

    public RaftLogEntry? Find(long index) =>
        index >= FirstIndex && index < FirstIndex + _count ? _ring[(_head + (int)(index - FirstIndex)) & (_ring.Length - 1)] : null;

    /// <summary>Forgets entries from <paramref name="index"/> on.</summary>
    public void CutTail(long index)
    {
        while (_count > 0 && FirstIndex + _count > index)
        {
            var at = (_head + _count - 1) & (_ring.Length - 1);
            Bytes -= SizeOf(_ring[at]!);
            _ring[at] = null;
            _count--;
        }

        if (_count == 0)
        {
            FirstIndex = Math.Min(FirstIndex, index);
        }
    }

    /// <summary>Forgets the oldest entries up to <paramref name="index"/> while more than the allowed bytes are cached, or always when <paramref name="all"/>.</summary>
    public void Evict(long index, bool all = false)
    {
        while (_count > 0 && FirstIndex <= index && (all || Bytes > maxBytes))
        {
            Bytes -= SizeOf(_ring[_head]!);
            _ring[_head] = null;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            FirstIndex++;
        }
    }

    private static long SizeOf(RaftLogEntry entry) => entry.Payload.Length + 100; // the objects around the payload

    private void Grow()
    {
        var larger = new RaftLogEntry?[2 * _ring.Length];
        for (var i = 0; i < _count; i++)
        {
            larger[i] = _ring[(_head + i) & (_ring.Length - 1)];
        }

        (_ring, _head) = (larger, 0);
    }
}

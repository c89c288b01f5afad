namespace MfsHa.Replication.Locations;

/// <summary>The records of a part of all chunks. Everything is done under <see cref="Lock"/>, taken by <see cref="LocationTable"/>.</summary>
internal sealed class LocationStripe
{
    private readonly ChunkHeads _heads = new();
    private readonly RecordPool _records = new();

    public Lock Lock { get; } = new();

    public int ChunkCount => _heads.Count;

    /// <summary>The record of one copy; false when there is none.</summary>
    public bool TryGet(ulong chunk, byte part, ushort slot, out LocationRecord record)
    {
        for (var index = _heads.Find(chunk); index >= 0; index = _records[index].Next)
        {
            record = _records[index];
            if (record.Slot == slot && record.Part == part)
                return true;
        }

        record = default;
        return false;
    }

    /// <summary>Adds or replaces the record of one copy. The replaced one is given back; its sequence number is 0 when there was none.</summary>
    public LocationRecord Put(ulong chunk, LocationRecord record)
    {
        var head = _heads.Find(chunk);
        for (var index = head; index >= 0; index = _records[index].Next)
        {
            ref var known = ref _records[index];
            if (known.Slot != record.Slot || known.Part != record.Part)
                continue;
            var replaced = known;
            record.Next = known.Next;
            known = record;
            return replaced;
        }

        record.Next = head;
        _heads.Set(chunk, _records.Add(record));
        return default;
    }

    /// <summary>Removes the record of one copy if it is still the one of this sequence number.</summary>
    public bool Remove(ulong chunk, byte part, ushort slot, long sequence)
    {
        var before = -1;
        for (var index = _heads.Find(chunk); index >= 0; before = index, index = _records[index].Next)
        {
            var record = _records[index];
            if (record.Slot != slot || record.Part != part)
                continue;
            if (record.Sequence != sequence)
                return false;
            if (before >= 0)
                _records[before].Next = record.Next;
            else if (record.Next >= 0)
                _heads.Set(chunk, record.Next);
            else
                _heads.Remove(chunk);
            _records.Remove(index);
            return true;
        }

        return false;
    }

    /// <summary>Copies the chunk's records; returns how many there are.</summary>
    public int Collect(ulong chunk, Span<LocationRecord> target)
    {
        var count = 0;
        for (var index = _heads.Find(chunk); index >= 0; index = _records[index].Next, count++)
        {
            if (count < target.Length)
                target[count] = _records[index];
        }

        return count;
    }
}

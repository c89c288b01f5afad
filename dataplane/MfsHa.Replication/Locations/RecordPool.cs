namespace MfsHa.Replication.Locations;

/// <summary>Records by index, in blocks so that growing neither copies nor leaves half of the memory unused. Not thread-safe.</summary>
internal sealed class RecordPool
{
    private const int BlockShift = 10;
    private const int BlockSize = 1 << BlockShift;
    private readonly List<LocationRecord[]> _blocks = [];
    private int _used;
    private int _free = -1;

    public ref LocationRecord this[int index] => ref _blocks[index >> BlockShift][index & (BlockSize - 1)];

    public int Add(LocationRecord record)
    {
        var index = _free;
        if (index >= 0)
        {
            _free = this[index].Next;
        }
        else
        {
            index = _used++;
            if (index >> BlockShift == _blocks.Count)
                _blocks.Add(new LocationRecord[BlockSize]);
        }

        this[index] = record;
        return index;
    }

    public void Remove(int index)
    {
        this[index] = default;
        this[index].Next = _free;
        _free = index;
    }
}

namespace MfsHa.MetadataFile.Import.Sorting;

/// <summary>Sorted runs as one. Of equal keys those of earlier runs come first.</summary>
internal sealed class SortedRecords
{
    private readonly PriorityQueue<ISortedRun, (ISortedRun Run, int Number)> waiting = new(new ByKey());
    private ISortedRun? current;
    private int number;

    public SortedRecords(IReadOnlyList<ISortedRun> runs)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            if (runs[i].Next())
            {
                waiting.Enqueue(runs[i], (runs[i], i));
            }
        }
    }

    /// <summary>Key of the record, valid until the next one.</summary>
    public ReadOnlySpan<byte> Key => current!.Key;

    /// <summary>Value of the record, valid until the next one.</summary>
    public ReadOnlySpan<byte> Value => current!.Value;

    /// <summary>Moves to the next record; false at the end.</summary>
    public bool Next()
    {
        if (current is { } last && last.Next())
        {
            if (waiting.Count == 0)
            {
                return true;
            }

            waiting.Enqueue(last, (last, number));
        }

        if (!waiting.TryDequeue(out current, out var priority))
        {
            return false;
        }

        number = priority.Number;
        return true;
    }

    private sealed class ByKey : IComparer<(ISortedRun Run, int Number)>
    {
        public int Compare((ISortedRun Run, int Number) x, (ISortedRun Run, int Number) y)
        {
            if (x.Run.Prefix != y.Run.Prefix)
            {
                return x.Run.Prefix < y.Run.Prefix ? -1 : 1;
            }

            var order = x.Run.Key.SequenceCompareTo(y.Run.Key);
            return order != 0 ? order : x.Number.CompareTo(y.Number);
        }
    }
}

/// <summary>Records in order, one after the other.</summary>
internal interface ISortedRun
{
    /// <summary>Key of the record.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>Its first bytes as a number.</summary>
    ulong Prefix { get; }

    /// <summary>Value of the record.</summary>
    ReadOnlySpan<byte> Value { get; }

    /// <summary>Moves to the next record; false at the end.</summary>
    bool Next();
}

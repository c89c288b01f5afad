namespace MfsHa.MetadataFile.Import.Sorting;

/// <summary>Records that all fitted into memory.</summary>
internal sealed class MemoryRun(byte[] records, ReadOnlyMemory<RecordSorter.Slot> slots) : ISortedRun
{
    private int place = -1;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Key => RecordSorter.KeyAt(records, slots.Span[place].Offset);

    /// <inheritdoc/>
    public ulong Prefix => slots.Span[place].Prefix;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Value => RecordSorter.ValueAt(records, slots.Span[place].Offset);

    /// <inheritdoc/>
    public bool Next() => ++place < slots.Length;
}

using System.Buffers.Binary;

namespace MfsHa.MetadataFile.Import.Sorting;

/// <summary>
/// Sorts any number of records by the bytes of their keys in a fixed amount of memory: what does not fit is written to a scratch file in sorted runs, which are merged when all are there.
/// Records of the same key stay in the order in which they were added.
/// </summary>
/// <param name="scratch">Where runs are written.</param>
/// <param name="limit">Bytes of records that are held in memory; their places come on top, a third of that for the smallest.</param>
internal sealed class RecordSorter(IScratch scratch, int limit) : IDisposable
{
    /// <summary>Before each record: length of the key, length of the value.</summary>
    public const int HeadLength = sizeof(ushort) + sizeof(int);

    private const int FirstCapacity = 4096;
    private const int FirstSlots = 64;
    private byte[] buffer = [];
    private Slot[] slots = [];
    private int used;
    private int count;
    private Stream? file;
    private readonly List<(long Begin, long End)> runs = [];

    /// <summary>Records that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a record.</summary>
    /// <param name="key">1..65535 bytes.</param>
    /// <param name="value">At most half of what is held in memory.</param>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var length = HeadLength + key.Length + value.Length;
        if (used + length > limit && count > 0)
        {
            Spill();
        }

        Reserve(length);
        var record = buffer.AsSpan(used, length);
        BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[sizeof(ushort)..], value.Length);
        key.CopyTo(record[HeadLength..]);
        value.CopyTo(record[(HeadLength + key.Length)..]);
        slots[count++] = new Slot(PrefixOf(key), used);
        used += length;
        Count++;
    }

    /// <summary>Gives memory back that is not needed until <see cref="Sort"/>: for when more records come later or never.</summary>
    public void Pause()
    {
        if (runs.Count > 0 || used > limit / 2)
        {
            Spill();
            (buffer, slots) = ([], []);
        }
    }

    /// <summary>All records in order; none may be added any more. The sorter must live as long as they are read.</summary>
    public SortedRecords Sort()
    {
        if (runs.Count == 0)
        {
            slots.AsSpan(0, count).Sort(new ByKey(buffer));
            return new SortedRecords([new MemoryRun(buffer, slots.AsMemory(0, count))]);
        }

        Spill();
        (buffer, slots) = ([], []);
        return new SortedRecords([.. runs.Select(r => new ScratchRun(file!, r.Begin, r.End))]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file?.Dispose();
        (buffer, slots) = ([], []);
    }

    /// <summary>The first bytes of a key as a number: most comparisons end there.</summary>
    public static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    /// <summary>The key of the record that begins at a place.</summary>
    public static ReadOnlySpan<byte> KeyAt(byte[] records, int offset) =>
        records.AsSpan(offset + HeadLength, BinaryPrimitives.ReadUInt16LittleEndian(records.AsSpan(offset)));

    /// <summary>The value of the record that begins at a place.</summary>
    public static ReadOnlySpan<byte> ValueAt(byte[] records, int offset)
    {
        var head = records.AsSpan(offset);
        return records.AsSpan(offset + HeadLength + BinaryPrimitives.ReadUInt16LittleEndian(head), BinaryPrimitives.ReadInt32LittleEndian(head[sizeof(ushort)..]));
    }

    private void Reserve(int length)
    {
        if (used + length > buffer.Length)
        {
            Array.Resize(ref buffer, (int)Math.Max(used + (long)length, Math.Min(Math.Max(FirstCapacity, 2L * buffer.Length), limit)));
        }

        if (count == slots.Length)
        {
            Array.Resize(ref slots, Math.Max(FirstSlots, 2 * slots.Length));
        }
    }

    private void Spill()
    {
        slots.AsSpan(0, count).Sort(new ByKey(buffer));
        file ??= scratch.Create();
        var writer = new RunWriter(file);
        var begin = writer.Position;
        foreach (var slot in slots.AsSpan(0, count))
        {
            var length = HeadLength + KeyAt(buffer, slot.Offset).Length + ValueAt(buffer, slot.Offset).Length;
            writer.Write(buffer.AsSpan(slot.Offset, length));
        }

        writer.Flush();
        runs.Add((begin, writer.Position));
        (used, count) = (0, 0);
    }

    internal readonly record struct Slot(ulong Prefix, int Offset);

    private readonly struct ByKey(byte[] records) : IComparer<Slot>
    {
        public int Compare(Slot x, Slot y)
        {
            if (x.Prefix != y.Prefix)
            {
                return x.Prefix < y.Prefix ? -1 : 1;
            }

            var order = KeyAt(records, x.Offset).SequenceCompareTo(KeyAt(records, y.Offset));
            return order != 0 ? order : x.Offset.CompareTo(y.Offset);
        }
    }

    private sealed class RunWriter(Stream file)
    {
        private readonly byte[] waiting = new byte[1 << 18];
        private int length;
        private long flushed = file.Seek(0, SeekOrigin.End);

        public long Position => flushed + length;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            if (length + bytes.Length > waiting.Length)
            {
                Flush();
            }

            if (bytes.Length > waiting.Length)
            {
                file.Write(bytes);
                flushed += bytes.Length;
                return;
            }

            bytes.CopyTo(waiting.AsSpan(length));
            length += bytes.Length;
        }

        public void Flush()
        {
            file.Write(waiting, 0, length);
            flushed += length;
            length = 0;
        }
    }
}

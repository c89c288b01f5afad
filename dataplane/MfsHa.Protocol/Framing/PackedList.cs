using System.Diagnostics.CodeAnalysis;

namespace MfsHa.Protocol.Framing;

/// <summary>
/// A list that stays in its wire form and is decoded entry by entry, for packets that carry tens of thousands of
/// entries (chunk reports, open inodes). Lives as long as the memory it was made of.
/// </summary>
[SuppressMessage("Design", "CA1815", Justification = "A view of memory: content is compared entry by entry where needed.")]
[SuppressMessage("Naming", "CA1710", Justification = "A list by its use: count, index, enumeration.")]
public readonly struct PackedList<TItem>
    where TItem : struct, IPackedItem<TItem>
{
    /// <param name="bytes">A multiple of the entry's size.</param>
    public PackedList(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length % TItem.Size != 0)
        {
            throw new MalformedPacketException(
                $"a multiple of {TItem.Size} bytes", $"{bytes.Length} bytes", 0);
        }

        Bytes = bytes;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public int Count => Bytes.Length / TItem.Size;

    public TItem this[int index] => TItem.Read(Bytes.Span.Slice(index * TItem.Size, TItem.Size));

    /// <summary>Encodes entries; for tests and for peers that play the client's part.</summary>
    public static PackedList<TItem> From(params ReadOnlySpan<TItem> items)
    {
        byte[] bytes = new byte[items.Length * TItem.Size];
        for (int i = 0; i < items.Length; i++)
        {
            items[i].Write(bytes.AsSpan(i * TItem.Size));
        }

        return new(bytes);
    }

    public TItem[] ToArray()
    {
        var items = new TItem[Count];
        int i = 0;
        foreach (TItem item in this)
        {
            items[i++] = item;
        }

        return items;
    }

    public Enumerator GetEnumerator() => new(Bytes.Span);

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> bytes)
        {
            _rest = bytes;
            Current = default;
        }

        public TItem Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            Current = TItem.Read(_rest);
            _rest = _rest[TItem.Size..];
            return true;
        }
    }
}

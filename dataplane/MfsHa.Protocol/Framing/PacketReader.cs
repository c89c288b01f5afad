using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace MfsHa.Protocol.Framing;

/// <summary>
/// Reads the fields of one payload, big-endian, never past its end.
/// Made over memory, byte strings are slices of that memory (no copy, same lifetime); made over a span, they are copies.
/// </summary>
/// <remarks>Every method throws <see cref="MalformedPacketException"/> when the payload ends too early.</remarks>
public ref struct PacketReader
{
    /// <summary>Most groups accepted in one request; 4.58 masters close the connection above it.</summary>
    public const int MaxGroups = 4096;

    private readonly ReadOnlySpan<byte> _payload;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly bool _borrows;

    public PacketReader(ReadOnlySpan<byte> payload)
    {
        _payload = payload;
    }

    public PacketReader(ReadOnlyMemory<byte> payload)
    {
        _payload = payload.Span;
        _memory = payload;
        _borrows = true;
    }

    /// <summary>Bytes of the whole payload, those already read included.</summary>
    public readonly int Length => _payload.Length;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => _payload.Length - Position;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    /// <summary>A byte that is used as a truth value; anything but 0 is true.</summary>
    public bool Bool() => U8() != 0;

    /// <summary>The next bytes without a copy; valid as long as the payload.</summary>
    public ReadOnlySpan<byte> Span(int count) => Take(count);

    /// <summary>The next bytes: a slice of the payload's memory or, over a span, a copy.</summary>
    public ReadOnlyMemory<byte> Bytes(int count)
    {
        int start = Position;
        ReadOnlySpan<byte> span = Take(count);
        return _borrows ? _memory.Slice(start, count) : span.ToArray();
    }

    /// <summary>Everything that is left.</summary>
    public ReadOnlyMemory<byte> Rest() => Bytes(Remaining);

    /// <summary>`len:u8 bytes`.</summary>
    public ReadOnlyMemory<byte> Name8() => Bytes(U8());

    /// <summary>`len:u32 bytes`, at most <paramref name="maxLength"/> bytes.</summary>
    public ReadOnlyMemory<byte> Str32(int maxLength = int.MaxValue)
    {
        uint length = U32();
        if (length > (uint)maxLength)
        {
            Fail($"a string of at most {maxLength} bytes", $"one of {length}", Position - 4);
        }

        if (length > (uint)Remaining)
        {
            Fail($"a string of {length} bytes", $"{Remaining} bytes", Position);
        }

        return Bytes((int)length);
    }

    /// <summary>`gcnt:u32 gcnt*gid:u32` with 1..<see cref="MaxGroups"/> groups; the first is the primary one.</summary>
    public uint[] Groups()
    {
        uint count = U32();
        if (count is 0 or > MaxGroups)
        {
            Fail($"1 to {MaxGroups} groups", $"{count}", Position - 4);
        }

        ReadOnlySpan<byte> bytes = Take((int)count * 4);
        var groups = new uint[count];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(i * 4)..]);
        }

        return groups;
    }

    /// <summary>`uid:u32 GIDS`.</summary>
    public Credentials Credentials() => new(U32(), Groups());

    public TItem Item<TItem>()
        where TItem : struct, IPackedItem<TItem> => TItem.Read(Take(TItem.Size));

    /// <summary>A list of known count; memory is taken only after the payload was found long enough.</summary>
    public TItem[] Items<TItem>(long count)
        where TItem : struct, IPackedItem<TItem>
    {
        if (count * TItem.Size > Remaining)
        {
            Fail($"{count} entries of {TItem.Size} bytes", $"{Remaining} bytes", Position);
        }

        ReadOnlySpan<byte> bytes = Take((int)count * TItem.Size);
        var items = new TItem[count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = TItem.Read(bytes[(i * TItem.Size)..]);
        }

        return items;
    }

    /// <summary>A list that takes the rest of the payload.</summary>
    public TItem[] RestItems<TItem>()
        where TItem : struct, IPackedItem<TItem>
    {
        RequireMultiple(TItem.Size);
        return Items<TItem>(Remaining / TItem.Size);
    }

    /// <summary>As <see cref="RestItems{TItem}"/>, left in its wire form.</summary>
    public PackedList<TItem> RestPacked<TItem>()
        where TItem : struct, IPackedItem<TItem>
    {
        RequireMultiple(TItem.Size);
        return new(Rest());
    }

    /// <summary>Requires that the payload was read to its end.</summary>
    public readonly void End()
    {
        if (Remaining != 0)
        {
            Fail("the end of the packet", $"{Remaining} more bytes", Position);
        }
    }

    /// <summary>Reports a value that the format forbids.</summary>
    [DoesNotReturn]
    public readonly void Fail(string expected, string found) => Fail(expected, found, Position);

    [DoesNotReturn]
    private static void Fail(string expected, string found, int offset) =>
        throw new MalformedPacketException(expected, found, offset);

    private readonly void RequireMultiple(int size)
    {
        if (Remaining % size != 0)
        {
            Fail($"a multiple of {size} bytes", $"{Remaining} bytes", Position);
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Fail($"{count} bytes", $"{Remaining}", Position);
        }

        ReadOnlySpan<byte> bytes = _payload.Slice(Position, count);
        Position += count;
        return bytes;
    }
}

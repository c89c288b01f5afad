using System.Buffers;
using System.Buffers.Binary;

namespace MfsHa.Storage.Rocks;

/// <summary>
/// A RocksDB write batch built in managed memory, so that a batch costs a fixed number of native calls and not one per key.
/// Layout (rocksdb/db/write_batch.cc): sequence u64 LE (0), count u32 LE, then records: tag, length-prefixed key, and value or end key.
/// </summary>
internal sealed class RocksBatchBuffer : IDisposable
{
    private const int HeaderLength = 12;
    private const int CountOffset = 8;
    private const int InitialCapacity = 4096;
    private const int MaxVarintLength = 5;

    // A buffer that one large batch made grow is given back instead of being kept for ever.
    private const int MaxRetainedCapacity = 4 << 20;

    // rocksdb/db/dbformat.h: ValueType
    private const byte TagDeletion = 0x0;
    private const byte TagValue = 0x1;
    private const byte TagRangeDeletion = 0xF;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialCapacity);
    private int _length = HeaderLength;

    public int Count { get; private set; }

    public int Length => _length;

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => value.CopyTo(Put(key, value.Length));

    /// <summary>Adds a record and returns the room for its value, valid until the next call.</summary>
    public Span<byte> Put(ReadOnlySpan<byte> key, int valueLength)
    {
        Begin(TagValue, key.Length + valueLength);
        WriteSlice(key);
        WriteVarint((uint)valueLength);
        var room = _bytes.AsSpan(_length, valueLength);
        _length += valueLength;
        return room;
    }

    public void Delete(ReadOnlySpan<byte> key)
    {
        Begin(TagDeletion, key.Length);
        WriteSlice(key);
    }

    public void DeleteRange(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Begin(TagRangeDeletion, from.Length + to.Length);
        WriteSlice(from);
        WriteSlice(to);
    }

    /// <summary>The finished batch.</summary>
    public ReadOnlySpan<byte> Seal()
    {
        _bytes.AsSpan(0, CountOffset).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(CountOffset), (uint)Count);
        return _bytes.AsSpan(0, _length);
    }

    public void Clear()
    {
        if (_bytes.Length > MaxRetainedCapacity)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(InitialCapacity);
        }

        _length = HeaderLength;
        Count = 0;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    private void Begin(byte tag, int payload)
    {
        ObjectDisposedException.ThrowIf(_bytes.Length == 0, this);
        var needed = checked(_length + 1 + (2 * MaxVarintLength) + payload);
        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max((long)needed, 2L * _bytes.Length), Array.MaxLength));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        _bytes[_length++] = tag;
        Count++;
    }

    private void WriteSlice(ReadOnlySpan<byte> slice)
    {
        WriteVarint((uint)slice.Length);
        slice.CopyTo(_bytes.AsSpan(_length));
        _length += slice.Length;
    }

    private void WriteVarint(uint value)
    {
        while (value >= 0x80)
        {
            _bytes[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[_length++] = (byte)value;
    }
}

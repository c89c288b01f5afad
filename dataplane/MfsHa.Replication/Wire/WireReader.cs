using System.Buffers.Binary;

namespace MfsHa.Replication.Wire;

/// <summary>Reads what <see cref="WireWriter"/> wrote. Throws <see cref="InvalidDataException"/> when the message ends too early or a number is out of range.</summary>
/// <param name="message">The message.</param>
public ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const int MaxVarIntShift = 56;
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>True when everything was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes not read yet: an upper bound for any count of things that follow.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Reads one byte.</summary>
    public byte Byte() => Bytes(1)[0];

    /// <summary>Reads 2 bytes.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort)));

    /// <summary>Reads 4 bytes.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));

    /// <summary>Reads 8 bytes.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong)));

    /// <summary>Reads a number from 0 to 2^63 - 1.</summary>
    public long VarInt()
    {
        long value = 0;
        for (var shift = 0; shift <= MaxVarIntShift; shift += 7)
        {
            var next = Byte();
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("number of too many bytes");
    }

    /// <summary>Reads a number of things that take at least <paramref name="minBytesEach"/> bytes each, so that memory may be taken for them.</summary>
    public int Count(int minBytesEach)
    {
        var count = VarInt();
        return count <= Left / minBytesEach ? (int)count : throw new InvalidDataException($"{count} things cannot be in {Left} bytes");
    }

    /// <summary>Reads bytes as they are.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
            throw new InvalidDataException("message ends too early");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>Reads a block.</summary>
    public ReadOnlySpan<byte> Block()
    {
        var length = UInt32();
        return length <= int.MaxValue ? Bytes((int)length) : throw new InvalidDataException($"block of {length} bytes");
    }
}

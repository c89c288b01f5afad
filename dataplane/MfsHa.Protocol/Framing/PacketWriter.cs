using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace MfsHa.Protocol.Framing;

/// <summary>
/// Writes packets, big-endian, into a buffer writer: <see cref="Begin(PacketType)"/>, fields, <see cref="End"/>.
/// A packet is written in place and its length patched at the end; one that outgrows the buffer writer's block moves to a
/// pooled array and is copied once. Nothing reaches the buffer writer before <see cref="End"/>.
/// </summary>
/// <remarks>Pass it by `ref`. Between <see cref="Begin(PacketType)"/> and <see cref="End"/> nobody else may use the buffer writer.</remarks>
public ref struct PacketWriter
{
    private const int InitialSize = 256;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _position;

    public PacketWriter(IBufferWriter<byte> output)
    {
        _output = output;
    }

    /// <summary>Payload bytes of the begun packet so far.</summary>
    public readonly int PayloadLength => _position - PacketHeader.Size;

    /// <summary>Begins a packet without a message id.</summary>
    public void Begin(PacketType type)
    {
        Debug.Assert(_position == 0, "the packet before was not ended");
        _buffer = _output.GetSpan(InitialSize);
        _position = PacketHeader.Size;
        new PacketHeader(type, 0).Write(_buffer);
    }

    /// <summary>Begins a packet whose payload starts with a message id.</summary>
    public void Begin(PacketType type, uint messageId)
    {
        Begin(type);
        U32(messageId);
    }

    /// <summary>Patches the length and hands the packet to the buffer writer.</summary>
    /// <returns>Bytes written, header included.</returns>
    public int End()
    {
        Debug.Assert(_position >= PacketHeader.Size, "no packet was begun");
        int size = _position;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[4..], (uint)(size - PacketHeader.Size));
        if (_rented is null)
        {
            _output.Advance(size);
        }
        else
        {
            _output.Write(_buffer[..size]);
        }

        Discard();
        return size;
    }

    /// <summary>Forgets the begun packet.</summary>
    public void Discard()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }

        _buffer = default;
        _position = 0;
    }

    public void U8(byte value) => Reserve(1)[0] = value;

    public void Bool(bool value) => U8(value ? (byte)1 : (byte)0);

    public void U16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    public void Bytes(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void Zeros(int count) => Reserve(count).Clear();

    /// <summary>`len:u8 bytes`.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 255 bytes.</exception>
    public void Name8(scoped ReadOnlySpan<byte> name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, byte.MaxValue);
        U8((byte)name.Length);
        Bytes(name);
    }

    /// <summary>`len:u32 bytes`.</summary>
    public void Str32(scoped ReadOnlySpan<byte> bytes)
    {
        U32((uint)bytes.Length);
        Bytes(bytes);
    }

    /// <summary>`len:u32 bytes NUL`, the NUL counted.</summary>
    public void Str32Z(scoped ReadOnlySpan<byte> bytes)
    {
        U32((uint)bytes.Length + 1);
        Bytes(bytes);
        U8(0);
    }

    /// <summary>`gcnt:u32 gcnt*gid:u32`.</summary>
    public void Groups(scoped ReadOnlySpan<uint> groups)
    {
        U32((uint)groups.Length);
        foreach (uint group in groups)
        {
            U32(group);
        }
    }

    /// <summary>`uid:u32 GIDS`.</summary>
    public void Credentials(Credentials credentials)
    {
        U32(credentials.Uid);
        Groups(credentials.Groups);
    }

    public void Item<TItem>(TItem item)
        where TItem : struct, IPackedItem<TItem> => item.Write(Reserve(TItem.Size));

    public void Items<TItem>(scoped ReadOnlySpan<TItem> items)
        where TItem : struct, IPackedItem<TItem>
    {
        foreach (ref readonly TItem item in items)
        {
            item.Write(Reserve(TItem.Size));
        }
    }

    /// <summary>Overwrites a field written before, for counts and cursors known only after the entries.</summary>
    /// <param name="payloadOffset">Value of <see cref="PayloadLength"/> before the field was written.</param>
    public readonly void PatchU32(int payloadOffset, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(Written(payloadOffset, 4), value);

    /// <inheritdoc cref="PatchU32"/>
    public readonly void PatchU64(int payloadOffset, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(Written(payloadOffset, 8), value);

    /// <summary>The next bytes of the packet, to be filled by the caller at once; their content is undefined.</summary>
    public Span<byte> Reserve(int count)
    {
        Debug.Assert(_position >= PacketHeader.Size, "no packet was begun");
        int start = _position;
        if (count > _buffer.Length - start)
        {
            Grow(count);
        }

        _position = start + count;
        return _buffer.Slice(start, count);
    }

    private readonly Span<byte> Written(int payloadOffset, int count) =>
        _buffer[PacketHeader.Size.._position].Slice(payloadOffset, count);

    private void Grow(int count)
    {
        int wanted = checked(Math.Max((int)Math.Min((long)_buffer.Length * 2, Array.MaxLength), _position + count));
        byte[] larger = ArrayPool<byte>.Shared.Rent(wanted);
        _buffer[.._position].CopyTo(larger);
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }

        _rented = larger;
        _buffer = larger;
    }
}

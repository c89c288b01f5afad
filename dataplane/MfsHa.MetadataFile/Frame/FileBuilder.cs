using System.Buffers;
using System.Buffers.Binary;

namespace MfsHa.MetadataFile.Frame;

/// <summary>Collects the bytes of a file, big-endian, and what has to be filled in later.</summary>
internal sealed class FileBuilder
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Queue<FilePiece> corrections = new();
    private long taken;

    /// <summary>Length of the file so far.</summary>
    public long Position => taken + buffer.WrittenCount;

    /// <summary>Bytes that wait to be taken.</summary>
    public int Waiting => buffer.WrittenCount;

    public void Byte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer.GetSpan(sizeof(ushort)), value);
        buffer.Advance(sizeof(ushort));
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(buffer.GetSpan(sizeof(uint)), value);
        buffer.Advance(sizeof(uint));
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(buffer.GetSpan(sizeof(ulong)), value);
        buffer.Advance(sizeof(ulong));
    }

    public void Bytes(ReadOnlySpan<byte> value) => buffer.Write(value);

    public void Zeros(int count)
    {
        buffer.GetSpan(count)[..count].Clear();
        buffer.Advance(count);
    }

    /// <summary>Room for a number that is not known yet; returns its place.</summary>
    public long Later32()
    {
        var place = Position;
        UInt32(uint.MaxValue);
        return place;
    }

    /// <summary>Room for a number that is not known yet; returns its place.</summary>
    public long Later64()
    {
        var place = Position;
        UInt64(ulong.MaxValue);
        return place;
    }

    /// <summary>Fills in a number.</summary>
    public void FillIn(long place, uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        corrections.Enqueue(new FilePiece(place, bytes));
    }

    /// <summary>Fills in a number.</summary>
    public void FillIn(long place, ulong value)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        corrections.Enqueue(new FilePiece(place, bytes));
    }

    /// <summary>Takes all that waits; valid until the next call of any member.</summary>
    public FilePiece Take()
    {
        var piece = new FilePiece(taken, buffer.WrittenMemory);
        taken += buffer.WrittenCount;
        buffer.ResetWrittenCount();
        return piece;
    }

    /// <summary>Takes the next correction; null when there is none.</summary>
    public FilePiece? TakeCorrection() => corrections.TryDequeue(out var piece) ? piece : null;
}

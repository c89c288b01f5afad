using System.Buffers.Binary;

namespace MfsHa.MetadataFile.Frame;

/// <summary>Reads a file from its beginning to its end, big-endian; knows where it is, so that damage can be named.</summary>
internal sealed class FileParser(Stream stream)
{
    private const int BufferBytes = 1 << 16;
    private readonly byte[] buffer = new byte[BufferBytes];
    private readonly byte[] number = new byte[sizeof(ulong)];
    private int begin;
    private int end;
    private long limit = long.MaxValue;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>The section that is being read.</summary>
    public string Section { get; private set; } = "file";

    /// <summary>The section begins here; <paramref name="length"/> is all ones when it is not known.</summary>
    public void EnterSection(string name, ulong length)
    {
        Section = name;
        limit = length >= long.MaxValue - (ulong)Position ? long.MaxValue : Position + (long)length;
    }

    /// <summary>The section has been read.</summary>
    public void LeaveSection()
    {
        if (limit != long.MaxValue && Position != limit)
        {
            throw Damaged($"the section's records end here, its header says {limit - Position} bytes later");
        }

        limit = long.MaxValue;
        Section = "file";
    }

    /// <summary>Passes over the rest of a section.</summary>
    public void SkipSection()
    {
        if (limit == long.MaxValue)
        {
            throw Damaged("a section without a length cannot be passed over");
        }

        var left = limit - Position;
        var scratch = new byte[Math.Min(left, BufferBytes)];
        for (; left > 0; left -= Math.Min(left, scratch.Length))
        {
            Fill(scratch.AsSpan(0, (int)Math.Min(left, scratch.Length)));
        }
    }

    public byte Byte() => Number(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Number(sizeof(ushort)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Number(sizeof(uint)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Number(sizeof(ulong)));

    /// <summary>An array of its own. Callers have checked <paramref name="length"/> against a limit.</summary>
    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        Fill(bytes);
        return bytes;
    }

    /// <summary>As many bytes as there is room for.</summary>
    public void Bytes(Span<byte> room) => Fill(room);

    /// <summary>True when nothing follows.</summary>
    public bool IsAtEnd() => begin == end && !Refill();

    /// <summary>What is wrong at this place.</summary>
    public MetadataFileException Damaged(string message) => new(Section, Position, message);

    private ReadOnlySpan<byte> Number(int length)
    {
        Fill(number.AsSpan(0, length));
        return number.AsSpan(0, length);
    }

    private void Fill(Span<byte> target)
    {
        if (target.Length > limit - Position)
        {
            throw Damaged($"a record of {target.Length} more bytes does not fit: the section ends after {limit - Position}");
        }

        while (!target.IsEmpty)
        {
            if (begin == end && !Refill())
            {
                throw Damaged($"the file ends here, {target.Length} more bytes were expected: it is truncated");
            }

            var count = Math.Min(target.Length, end - begin);
            buffer.AsSpan(begin, count).CopyTo(target);
            begin += count;
            Position += count;
            target = target[count..];
        }
    }

    private bool Refill()
    {
        begin = 0;
        end = stream.Read(buffer, 0, buffer.Length);
        return end > 0;
    }
}

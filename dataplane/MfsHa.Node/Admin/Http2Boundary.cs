using System.Buffers;

namespace MfsHa.Node.Admin;

/// <summary>Follows a stream of HTTP/2 from its preface on (RFC 9113, 3.4 and 4.1), to know whether it may end where it ends.</summary>
internal struct Http2Boundary()
{
    private const int PrefaceLength = 24;

    private const int HeaderLength = 9;

    /// <summary>A header begins with the length of what follows it.</summary>
    private const int LengthLength = 3;

    private int _seenOfHeader;

    private int _payload;

    private long _left = PrefaceLength;

    /// <summary>True inside the preface or a frame.</summary>
    public readonly bool IsInside => _left > 0 || _seenOfHeader > 0;

    /// <summary>Goes on by some bytes.</summary>
    public void Pass(in ReadOnlySequence<byte> bytes)
    {
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            Pass(segment.Span);
        }
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                int skipped = (int)Math.Min(_left, bytes.Length);
                _left -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            if (_seenOfHeader < LengthLength)
            {
                _payload = (_payload << 8) | bytes[0];
            }

            bytes = bytes[1..];
            if (++_seenOfHeader == HeaderLength)
            {
                (_left, _seenOfHeader, _payload) = (_payload, 0, 0);
            }
        }
    }
}

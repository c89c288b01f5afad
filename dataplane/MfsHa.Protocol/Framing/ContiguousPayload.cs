using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace MfsHa.Protocol.Framing;

/// <summary>
/// One piece of memory with a frame's payload. A payload in one segment is used in place, one that was cut across
/// segments is gathered in a pooled array that <see cref="Dispose"/> gives back.
/// </summary>
[SuppressMessage("Design", "CA1815", Justification = "A lease of memory: comparing two of them means nothing.")]
public readonly struct ContiguousPayload : IDisposable
{
    private readonly byte[]? _rented;

    private ContiguousPayload(ReadOnlyMemory<byte> memory, byte[]? rented)
    {
        Memory = memory;
        _rented = rented;
    }

    /// <summary>Valid until <see cref="Dispose"/> and as long as the frame's own memory.</summary>
    public ReadOnlyMemory<byte> Memory { get; }

    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>Makes <paramref name="payload"/> contiguous; copies only when it spans segments.</summary>
    public static ContiguousPayload Of(in ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
        {
            return new(payload.First, null);
        }

        int length = checked((int)payload.Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        payload.CopyTo(rented);
        return new(rented.AsMemory(0, length), rented);
    }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }
}

using System.Buffers;

namespace MfsHa.Gateway.Connections;

/// <summary>A buffer writer over one pooled array. Empty it holds no memory, so that an idle connection costs none. Not thread-safe.</summary>
internal sealed class PooledBufferWriter : IBufferWriter<byte>
{
    private const int InitialSize = 4096;

    private byte[] buffer = [];

    /// <summary>Bytes written.</summary>
    public int Count { get; private set; }

    /// <summary>What was written; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Written => buffer.AsMemory(0, Count);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, buffer.Length - Count);
        Count += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return buffer.AsMemory(Count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return buffer.AsSpan(Count);
    }

    /// <summary>Forgets what was written and gives the memory back.</summary>
    public void Clear()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }

        Count = 0;
    }

    private void Reserve(int sizeHint)
    {
        var needed = Math.Max(1, sizeHint);
        if (buffer.Length - Count >= needed)
        {
            return;
        }

        var wanted = checked((int)Math.Min(Array.MaxLength, Math.Max(Math.Max((long)buffer.Length * 2, InitialSize), (long)Count + needed)));
        var larger = ArrayPool<byte>.Shared.Rent(wanted);
        buffer.AsSpan(0, Count).CopyTo(larger);
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = larger;
    }
}

using System.Buffers;

namespace MfsHa.NodeLink.Rpc;

/// <summary>
/// Frames that wait to be sent on one connection: appended to one buffer by anybody, written by one pump with one write for all that
/// has gathered meanwhile. Bounded: <see cref="TryAppend"/> refuses, <see cref="AppendAsync"/> waits.
/// </summary>
internal sealed class SendQueue(Stream stream, int maxBytes, Action<Exception> failed) : IThreadPoolWorkItem, IBurstSender
{
    private const int InitialSize = 64 * 1024;

    /// <summary>A buffer that had to grow beyond this is given back after its write.</summary>
    private const int KeptSize = 1 << 20;

    private readonly Lock _lock = new();
    private byte[] _pending = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _used;
    private bool _pumping;
    private bool _closed;
    private TaskCompletionSource? _space;

    /// <summary>Appends a frame if there is room. False when there is not, or when the queue is closed.</summary>
    /// <param name="header">The frame's header.</param>
    /// <param name="payload">Its payload; copied.</param>
    /// <param name="flush">False when the caller promises a <see cref="Flush"/> soon.</param>
    /// <param name="force">True for frames without payload that must not be lost and are bounded otherwise.</param>
    public bool TryAppend(in FrameHeader header, ReadOnlySpan<byte> payload, bool flush = true, bool force = false)
    {
        bool start;
        lock (_lock)
        {
            var size = FrameHeader.Length + payload.Length;
            if (_closed || (_used > 0 && _used > maxBytes - size && !force))
                return false;
            if (_used + size > _pending.Length)
                Grow(_used + size);
            header.Write(_pending.AsSpan(_used));
            payload.CopyTo(_pending.AsSpan(_used + FrameHeader.Length));
            _used += size;
            start = flush && !_pumping;
            _pumping |= start;
        }

        if (start && !SendBurst.TryDefer(this))
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    /// <summary>Appends a frame, waiting for room. False when the queue is closed.</summary>
    public async ValueTask<bool> AppendAsync(FrameHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        while (!TryAppend(header, payload.Span))
        {
            Task space;
            lock (_lock)
            {
                if (_closed)
                    return false;
                // Looked at again under the lock: the pump may have made room since.
                space = _used == 0 ? Task.CompletedTask : (_space ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await space.WaitAsync(cancellation).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Sends what was appended without flush, on the calling thread as far as the socket takes it.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (_used == 0 || _pumping || _closed)
                return;
            _pumping = true;
        }

        _ = PumpAsync();
    }

    /// <summary>Drops what waits; later appends are refused.</summary>
    public void Close()
    {
        TaskCompletionSource? space;
        lock (_lock)
        {
            _closed = true;
            _used = 0;
            (space, _space) = (_space, null);
        }

        space?.TrySetResult();
    }

    void IThreadPoolWorkItem.Execute() => _ = PumpAsync();

    void IBurstSender.SendGathered() => _ = PumpAsync();

    private async Task PumpAsync()
    {
        var spare = ArrayPool<byte>.Shared.Rent(InitialSize);
        try
        {
            while (Take(ref spare, out var count))
            {
                await stream.WriteAsync(spare.AsMemory(0, count)).ConfigureAwait(false);
                if (spare.Length > KeptSize)
                {
                    ArrayPool<byte>.Shared.Return(spare);
                    spare = ArrayPool<byte>.Shared.Rent(InitialSize);
                }
            }
        }
        catch (Exception e)
        {
            // Nobody awaits the pump; whatever goes wrong with the stream ends the connection.
            failed(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(spare);
        }
    }

    /// <summary>Swaps the gathered buffer against the written one.</summary>
    private bool Take(ref byte[] spare, out int count)
    {
        TaskCompletionSource? space;
        lock (_lock)
        {
            count = _used;
            if (count == 0)
            {
                _pumping = false;
                return false;
            }

            (spare, _pending) = (_pending, spare);
            _used = 0;
            (space, _space) = (_space, null);
        }

        space?.TrySetResult();
        return true;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min((long)_pending.Length * 2, Array.MaxLength)));
        _pending.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_pending);
        _pending = larger;
    }
}

using System.Buffers;

namespace MfsHa.NodeLink.Rpc;

/// <summary>Cuts a stream into frames. Many small frames come with one read; a large one is read straight into its own memory.</summary>
internal static class FrameReader
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Reads until the stream ends. Throws <see cref="InvalidDataException"/> for a frame that is too long.</summary>
    public static async Task RunAsync(Stream stream, int maxPayload, IFrameSink sink, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int start = 0, end = 0;
            while (true)
            {
                while (end - start >= FrameHeader.Length)
                {
                    var header = FrameHeader.Read(buffer.AsSpan(start, FrameHeader.Length));
                    if (header.PayloadLength > (uint)maxPayload)
                        throw new InvalidDataException($"frame of {header.PayloadLength} bytes, allowed are {maxPayload}");
                    var length = (int)header.PayloadLength;
                    var have = Math.Min(length, end - start - FrameHeader.Length);
                    if (have < length && FrameHeader.Length + length <= buffer.Length)
                        break;
                    var payload = sink.Begin(header);
                    if (payload is not null)
                        buffer.AsSpan(start + FrameHeader.Length, have).CopyTo(payload);
                    start += FrameHeader.Length + have;
                    if (have < length)
                        await ReadRestAsync(stream, payload, have, length, buffer, cancellation).ConfigureAwait(false);
                    if (payload is not null)
                        await sink.EndAsync(header, payload).ConfigureAwait(false);
                }

                sink.Idle();
                (start, end) = MakeRoom(buffer, start, end);
                var read = await stream.ReadAsync(buffer.AsMemory(end), cancellation).ConfigureAwait(false);
                if (read == 0)
                    return;
                end += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves a part of a frame to the front only when the rest would not fit behind it.</summary>
    private static (int Start, int End) MakeRoom(byte[] buffer, int start, int end)
    {
        var have = end - start;
        if (have == 0)
            return (0, 0);
        var need = have < FrameHeader.Length
            ? FrameHeader.Length
            : FrameHeader.Length + (int)FrameHeader.Read(buffer.AsSpan(start, FrameHeader.Length)).PayloadLength;
        if (start + need <= buffer.Length)
            return (start, end);
        buffer.AsSpan(start, have).CopyTo(buffer);
        return (0, have);
    }

    /// <summary>The read buffer holds nothing any more at this point, so skipped payloads go through it.</summary>
    private static async ValueTask ReadRestAsync(Stream stream, byte[]? payload, int have, int length, byte[] buffer, CancellationToken cancellation)
    {
        if (payload is not null)
        {
            await stream.ReadExactlyAsync(payload.AsMemory(have, length - have), cancellation).ConfigureAwait(false);
            return;
        }

        for (var left = length - have; left > 0;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), cancellation).ConfigureAwait(false);
            if (read == 0)
                throw new EndOfStreamException();
            left -= read;
        }
    }
}

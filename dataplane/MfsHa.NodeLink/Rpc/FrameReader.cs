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
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
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

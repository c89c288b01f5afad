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
            var share = new ThreadShare();
            while (true)
            {
                if (share.IsUsedUp())
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                while (true)
                {
                    var part = CutBurst(buffer, ref start, end, maxPayload, sink);
                    if (part.Header is not { } header)
                        break;
                    if (part.Missing > 0)
                    {
                        var length = (int)header.PayloadLength;
                        await ReadRestAsync(stream, part.Payload, length - part.Missing, length, buffer, cancellation).ConfigureAwait(false);
                        if (part.Payload is not null)
                            await sink.EndAsync(header, part.Payload).ConfigureAwait(false);
                    }
                    else
                    {
                        await part.Waiting.ConfigureAwait(false);
                    }
                }

                sink.Idle();
                share.Rest();
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

    /// <summary>Cuts frames until there is none any more, or one that is not complete or takes time.</summary>
    private static Part CutBurst(byte[] buffer, ref int start, int end, int maxPayload, IFrameSink sink)
    {
        using var burst = SendBurst.Begin();
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
                return new Part(header, payload, length - have, default);
            var ended = payload is null ? default : sink.EndAsync(header, payload);
            if (!ended.IsCompletedSuccessfully)
                return new Part(header, payload, 0, ended);
        }

        return default;
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

    /// <summary>Why cutting stopped: <paramref name="Missing"/> bytes of a payload are still to come, or the sink needs time. No header: there is nothing more to cut.</summary>
    private readonly record struct Part(FrameHeader? Header, byte[]? Payload, int Missing, ValueTask Waiting);
}

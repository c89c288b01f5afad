using System.Buffers.Binary;
using System.IO.Hashing;
using Grpc.Core;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Exports;

/// <summary>Takes an exported metadata.mfs and believes it only when its end has arrived and says the same length and checksum.</summary>
internal static class ExportReceiver
{
    /// <summary>Writes the file; returns what the node says about it. <see cref="ExportException"/> when it is not whole.</summary>
    /// <param name="stream">What the node sends.</param>
    /// <param name="path">The file.</param>
    /// <param name="beforeName">What is done when the file is whole and before it gets its name; it may read the file.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<ExportedEnd> ReceiveAsync(
        IAsyncStreamReader<ExportedMetadata> stream, string path, Func<ExportedEnd, WholeFile, Task>? beforeName, CancellationToken cancellation)
    {
        using WholeFile file = WholeFile.Create(path);
        using TransferProgress progress = TransferProgress.OnConsole(path);
        var hash = new XxHash3();
        ExportedEnd? end = null;
        try
        {
            await foreach (ExportedMetadata message in stream.ReadAllAsync(cancellation))
            {
                if (end is not null)
                {
                    throw new ExportException("more arrived behind the end");
                }

                if (message.ContentCase == ExportedMetadata.ContentOneofCase.End)
                {
                    end = message.End;
                    continue;
                }

                Add(hash, message.Piece);
                await file.WriteAsync((long)message.Piece.Offset, message.Piece.Data.Memory, cancellation);
                progress.Add(message.Piece.Data.Length);
            }

            Check(end, file.Length, hash.GetCurrentHashAsUInt64());
            if (beforeName is not null)
            {
                await beforeName(end!, file);
            }

            file.Complete();
            return end!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExportException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private static void Add(XxHash3 hash, ExportedPiece piece)
    {
        Span<byte> offset = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(offset, piece.Offset);
        hash.Append(offset);
        hash.Append(piece.Data.Span);
    }

    private static void Check(ExportedEnd? end, long length, ulong checksum)
    {
        if (end is null)
        {
            throw new ExportException("the node has ended the transfer before its end: nothing was written");
        }

        if (end.Length != (ulong)length || end.Checksum != checksum)
        {
            throw new ExportException($"{length} bytes with checksum {checksum:X16} arrived, {end.Length} with {end.Checksum:X16} were sent: nothing was written");
        }
    }
}

using System.Buffers;
using DotNext.IO;

namespace MfsHa.Consensus.Log;

/// <summary>Takes a content of unknown length up to a bound.</summary>
internal sealed class BoundedCollector(int maxBytes) : IAsyncBinaryWriter
{
    private readonly ArrayBufferWriter<byte> _collected = new();

    public Memory<byte> Buffer => _collected.GetMemory();

    public ReadOnlyMemory<byte> Collected => _collected.WrittenMemory;

    public ValueTask AdvanceAsync(int bytesWritten, CancellationToken token = default)
    {
        _collected.Advance(bytesWritten);
        return _collected.WrittenCount <= maxBytes ? ValueTask.CompletedTask : throw new InvalidDataException($"more than {maxBytes} bytes");
    }
}

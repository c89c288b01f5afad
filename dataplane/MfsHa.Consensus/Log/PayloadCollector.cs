using DotNext.IO;

namespace MfsHa.Consensus.Log;

/// <summary>
/// Takes the content of one received entry into an array of its announced length. A content that is longer or shorter is refused: DotNext's stream
/// reports a connection that broke in the middle of an entry as the entry's end.
/// </summary>
internal sealed class PayloadCollector(int length) : IAsyncBinaryWriter
{
    private readonly byte[] _bytes = length == 0 ? [] : GC.AllocateUninitializedArray<byte>(length);
    private readonly byte[] _behind = new byte[1];
    private int _received;

    public Memory<byte> Buffer => _received < _bytes.Length ? _bytes.AsMemory(_received) : _behind;

    public ReadOnlyMemory<byte> Complete() =>
        _received == _bytes.Length ? _bytes : throw new EndOfStreamException($"entry ended after {_received} of {_bytes.Length} bytes");

    public ValueTask AdvanceAsync(int bytesWritten, CancellationToken token = default)
    {
        if (bytesWritten > _bytes.Length - _received)
        {
            throw new InvalidDataException($"entry is longer than the {_bytes.Length} bytes it said");
        }

        _received += bytesWritten;
        return ValueTask.CompletedTask;
    }
}

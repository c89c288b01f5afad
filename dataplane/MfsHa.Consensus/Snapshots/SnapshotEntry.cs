using DotNext.IO;
using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;

namespace MfsHa.Consensus.Snapshots;

/// <summary>The offer as DotNext's snapshot. Not the state: that would have to pass within one request timeout.</summary>
internal sealed class SnapshotEntry(SnapshotOffer offer) : IRaftLogEntry
{
    private readonly ReadOnlyMemory<byte> _bytes = offer.ToBytes();

    // Of no term: DotNext must not count the answer as a copy of an entry of the leader's term (the median over answers of different indexes
    // can commit what a minority holds). The true term is in the offer.
    public long Term => 0;

    bool ILogEntry.IsSnapshot => true;

    bool IDataTransferObject.IsReusable => true;

    long? IDataTransferObject.Length => _bytes.Length;

    bool IDataTransferObject.TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = _bytes;
        return true;
    }

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) => writer.WriteAsync(_bytes, null, token);
}

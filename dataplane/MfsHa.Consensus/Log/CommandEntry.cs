using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft;
using MfsHa.Consensus.Commands;

namespace MfsHa.Consensus.Log;

/// <summary>A batch on its way into the leader's log. It gets its content there and nowhere else, so it has none to read here.</summary>
internal sealed class CommandEntry(long term, ProposalBatch batch) : IRaftLogEntry
{
    public long Term { get; } = term;

    public ProposalBatch Batch { get; } = batch;

    bool IDataTransferObject.IsReusable => false;

    long? IDataTransferObject.Length => null;

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) =>
        throw new NotSupportedException("a batch has no content before it is in the log");
}

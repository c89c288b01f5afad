using MfsHa.NodeLink;
using MfsHa.Storage.RaftLog;

namespace MfsHa.Consensus;

/// <summary>What the consensus layer of a node needs to know.</summary>
public sealed record ConsensusHostOptions
{
    /// <summary>This node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Directory of the logs.</summary>
    public required string Directory { get; init; }

    /// <summary>Timing and limits of groups.</summary>
    public ConsensusOptions Groups { get; init; } = new();

    /// <summary>Limits of the log store.</summary>
    public RaftLogStoreOptions LogStore { get; init; } = new();
}

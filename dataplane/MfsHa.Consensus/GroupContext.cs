using MfsHa.Consensus.Snapshots;
using MfsHa.NodeLink;
using MfsHa.NodeLink.Formats;
using MfsHa.NodeLink.Raft;
using MfsHa.Storage.RaftLog;
using Microsoft.Extensions.Logging;

namespace MfsHa.Consensus;

/// <summary>What the groups of a node share.</summary>
/// <param name="Self">This node as a member.</param>
/// <param name="Store">The log store.</param>
/// <param name="Raft">Connections of groups.</param>
/// <param name="Rpc">Calls between nodes.</param>
/// <param name="Formats">The format levels that this node reads, and writes at.</param>
/// <param name="Options">Timing and limits.</param>
/// <param name="Pace">How fast states are shipped.</param>
/// <param name="IdleDirectory">Where the library's own, unused logs are put.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">For logs.</param>
/// <param name="Broken">Stops the node.</param>
internal sealed record GroupContext(
    NodeEndPoint Self,
    RaftLogStore Store,
    RaftTransport Raft,
    INodeRpc Rpc,
    FormatGate Formats,
    ConsensusOptions Options,
    ShippingPace Pace,
    string IdleDirectory,
    TimeProvider Time,
    ILoggerFactory Loggers,
    Action<Exception> Broken);

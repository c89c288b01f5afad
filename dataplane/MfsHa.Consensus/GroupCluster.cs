using DotNext.Net.Cluster.Consensus.Raft;

namespace MfsHa.Consensus;

/// <summary>DotNext's member of a group, with what it keeps from others opened.</summary>
internal sealed class GroupCluster(RaftCluster.NodeConfiguration configuration) : RaftCluster(configuration)
{
    /// <summary>Gives leadership away; false, and nothing is sent to anybody, when this node does not lead.</summary>
    public ValueTask<bool> ResignHereAsync(CancellationToken cancellation) => ResignAsync(cancellation);
}

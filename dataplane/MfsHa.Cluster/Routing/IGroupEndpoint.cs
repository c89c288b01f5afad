using MfsHa.Cluster.Membership;
using MfsHa.Consensus;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Routing;

/// <summary>
/// A group's replica at this node, as the router calls it. Every method throws <see cref="NotLeaderException"/> when this node does not lead
/// (ambiguous for commands) and <see cref="ProposalRejectedException"/> when nothing was executed.
/// </summary>
public interface IGroupEndpoint
{
    /// <summary>The group's log.</summary>
    IShardLog Log { get; }

    /// <summary>The answer of a follower whose state is the newest there is, without a message; null when the leader must be asked.</summary>
    Reply? AnswerAsFollower(Query query) => null;

    /// <summary>Makes the members what the shard's placement says, at the leader. <see cref="MembershipException"/> when that is not possible now.</summary>
    Task ArrangeMembersAsync(CancellationToken cancellation) => throw new MembershipException($"group {Log.Group} has no placement");

    /// <summary>True when the leader is certain that a replica is no member, and becomes one only after another invitation (<see cref="ReplicaInvitation"/>).</summary>
    Task<bool> IsNoMemberAsync(NodeEndPoint replica, CancellationToken cancellation) => Task.FromResult(false);

    /// <summary>Executes an operation of the namespace at the leader.</summary>
    ValueTask<Reply> ExecuteAsync(Operation operation, CancellationToken cancellation);

    /// <summary>Executes an operation of the system group at the leader.</summary>
    ValueTask<SystemReply> ExecuteAsync(SystemOperation operation, CancellationToken cancellation);

    /// <summary>Serves a supervised request at the leader.</summary>
    ValueTask<SupervisedReply> ExecuteAsync(SupervisedRequest request, CancellationToken cancellation);
}

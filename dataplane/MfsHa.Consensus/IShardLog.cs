using MfsHa.Consensus.Commands;
using MfsHa.NodeLink;

namespace MfsHa.Consensus;

/// <summary>
/// One Raft group as everything above the consensus layer sees it (design.md 10). A group is a shard's, or the system group (id 0).
/// </summary>
public interface IShardLog
{
    /// <summary>Number of the group: 0 the system group, 1 + n the group of shard n.</summary>
    ushort Group { get; }

    /// <summary>Who leads as far as this node knows, and whether this node may propose and read now.</summary>
    Leadership Leadership { get; }

    /// <summary>Raised after <see cref="Leadership"/> changed, in order, never concurrently with itself.</summary>
    event Action<Leadership>? LeadershipChanged;

    /// <summary>Index of the last entry that this node's state machine has applied.</summary>
    long AppliedIndex { get; }

    /// <summary>Up to where this node's log goes, and how much of it is known to be committed.</summary>
    LogExtent Extent => new(AppliedIndex, AppliedIndex);

    /// <summary>Where this node's log ends, pending entries included: by this Raft tells which of two logs has more.</summary>
    LogEnd End => new(Leadership.Term, AppliedIndex);

    /// <summary>
    /// Proposes one command. It is batched with others into one log entry; the returned object is the state machine's result for it,
    /// available only after the entry is on stable storage (fsync) of a majority and applied here.
    /// Throws <see cref="NotLeaderException"/>: ambiguous, the command may still be committed; a retry must be recognisable by its content.
    /// Throws <see cref="ProposalRejectedException"/> when it certainly was not appended (queue full, not leader at call).
    /// </summary>
    ValueTask<object> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellation);

    /// <summary>
    /// Proposes a command behind all that wait, and keeps those that come later waiting until the release or the limit: then the state at the command's entry is what was proposed
    /// before the call, and nothing else. One hold at a time. Throws <see cref="ProposalRejectedException"/>.
    /// </summary>
    /// <param name="last">The command.</param>
    /// <param name="limit">When the hold ends by itself.</param>
    CommandHold Hold(ReadOnlyMemory<byte> last, TimeSpan limit);

    /// <summary>
    /// Returns when this node has confirmed, by a round that began after the call, that it leads and has applied everything that
    /// was committed before the call. Waiting callers share a round. A successful round may be trusted for half the lower election timeout
    /// counted from its start by a monotonic clock. Throws <see cref="NotLeaderException"/>.
    /// </summary>
    ValueTask ReadBarrierAsync(CancellationToken cancellation);

    /// <summary>
    /// True when this node follows a leader and everything that was acknowledged before the call is applied here, so that a read of the state is linearizable.
    /// Never waits, and costs no message while reads go on and nothing changes. False: the leader must be asked.
    /// </summary>
    bool IsCurrentFollower();

    /// <summary>Gives leadership away; another member stands for election. No effect on a follower.</summary>
    ValueTask ResignAsync(CancellationToken cancellation);

    /// <summary>
    /// Gives leadership away to a certain member, which stands first in the election that follows; others stand a little later. Throws
    /// <see cref="PeerUnavailableException"/>, and nothing is given away, when it does not answer. No effect on a follower.
    /// </summary>
    ValueTask HandOverAsync(NodeId to, CancellationToken cancellation);

    /// <summary>Lets others stand for election first, from now on or no longer: a node that is drained.</summary>
    void StandBack(bool isWanted)
    {
        // One who is alone has nobody to let go first.
    }

    /// <summary>The members of the group as configured now, in order of node id.</summary>
    IReadOnlyList<NodeEndPoint> Members { get; }

    /// <summary>
    /// The members, confirmed by a majority of them: who is not among them is none, and becomes one only by an <see cref="AddMemberAsync"/> that begins after this call has, here or at a later leader.
    /// Throws <see cref="NotLeaderException"/>, and <see cref="ProposalRejectedException"/> while a change is under way that may yet be committed.
    /// </summary>
    async Task<IReadOnlyList<NodeEndPoint>> ConfirmMembersAsync(CancellationToken cancellation)
    {
        await ReadBarrierAsync(cancellation).ConfigureAwait(false);
        return Members;
    }

    /// <summary>
    /// Adds a member on the leader; it catches up before it counts. False when it did not catch up in time. A node that lost its disk comes back
    /// under its new incarnation, after the old one was removed. Throws <see cref="NotLeaderException"/>.
    /// </summary>
    Task<bool> AddMemberAsync(NodeEndPoint member, CancellationToken cancellation);

    /// <summary>Removes a member on the leader; true also when it is none. Throws <see cref="NotLeaderException"/>.</summary>
    Task<bool> RemoveMemberAsync(NodeEndPoint member, CancellationToken cancellation);

    /// <summary>True after <see cref="ForceAloneAsync"/> was interrupted; it has to be called again.</summary>
    bool IsForcing => false;

    /// <summary>
    /// Makes this node the only member, although the others have not agreed: they are lost for good. It becomes the leader and goes on from its own log, whole: pending entries that the former
    /// members may have acknowledged become committed; what only they had is lost. Should enough of them come back and not hear of it, they would go on as another group: only whoever knows that they
    /// are dead may call this. <paramref name="first"/> is the first command of the new time: nothing else is proposed before it, also when the process dies in between; then the call has to be
    /// repeated. Throws <see cref="TimeoutException"/> when the node does not become the leader.
    /// </summary>
    Task<object> ForceAloneAsync(ReadOnlyMemory<byte> first, CancellationToken cancellation) => throw new NotSupportedException("this group has no members to lose");
}

/// <summary>State of leadership of one group as one node sees it.</summary>
/// <param name="Leader">The leader, or <see cref="NodeId.None"/> during an election.</param>
/// <param name="Term">Raft term.</param>
/// <param name="IsReady">True when this node leads and has applied its own first entry, so that it may serve.</param>
public readonly record struct Leadership(NodeId Leader, long Term, bool IsReady);

/// <summary>The log of one group on one node; entries behind the committed ones are pending.</summary>
/// <param name="Committed">Index of the last entry that is known to be committed.</param>
/// <param name="Last">Index of the last entry.</param>
public readonly record struct LogExtent(long Committed, long Last);

/// <summary>The end of a log.</summary>
/// <param name="Term">Term of the last entry.</param>
/// <param name="Index">Its index.</param>
public readonly record struct LogEnd(long Term, long Index);

/// <summary>This node does not lead (any more). Ambiguous for proposals: the command may still be committed.</summary>
public sealed class NotLeaderException(ushort group, NodeId leader) : Exception($"not the leader of group {group}; leader is {leader}")
{
    /// <summary>The leader as far as known, <see cref="NodeId.None"/> if not.</summary>
    public NodeId Leader { get; } = leader;
}

/// <summary>The command was certainly not appended to the log.</summary>
public sealed class ProposalRejectedException(ushort group, string reason) : Exception($"group {group} did not take the command: {reason}");

using MfsHa.NodeLink;

namespace MfsHa.Consensus;

/// <summary>
/// When this member of a group stands for election. DotNext refuses votes for as long after the last word of a leader as it waits itself before it stands, and draws that
/// time: with different times, the slowest survivor decides how long a group has no leader, and one who was refused waits all over again. So all members wait
/// the same election timeout, after which all of them grant votes, and then ask for pre-votes one after the other: first those of a leader whose process
/// is gone, much later those of one who is only silent and may be back any moment. A leader who speaks again before the turn comes keeps its place, because its word makes
/// the others refuse. No member ever votes earlier than the election timeout after it heard a leader, gone or not: reads rely on that (ReadBarrier).
/// </summary>
/// <param name="group">Groups begin with different members, so that leaders spread over nodes.</param>
/// <param name="self">This member.</param>
/// <param name="electionTimeout">What all members wait first, and the unit of the turns.</param>
/// <param name="members">The members of the group now.</param>
/// <param name="leader">The leader that was heard last, if any since the last election.</param>
/// <param name="isGone">Whether a node's host says that the process is not there.</param>
/// <param name="hasResigned">Whether this member has just given leadership away.</param>
/// <param name="isNominated">Whether the leader that did so wanted this member to stand first.</param>
internal sealed class ElectionTurn(
    ushort group, NodeId self, TimeSpan electionTimeout, Func<IReadOnlyCollection<NodeEndPoint>> members, Func<NodeId?> leader, Func<NodeId, bool> isGone, Func<bool> hasResigned, Func<bool> isNominated)
{
    /// <summary>The first turn. Members do not hear the leader's last word at the same moment; one who asks before the other's timeout is refused and waits another one.</summary>
    public const double First = 0.06;

    /// <summary>Between two turns: longer than pre-vote and vote take on a busy machine. When they take longer, votes are split and the election is repeated.</summary>
    public const double Step = 0.16;

    /// <summary>Extra time for a leader that is silent, but not known to be gone.</summary>
    public const double Patience = 0.4;

    /// <summary>Different turns; more members share them.</summary>
    public const int Turns = 4;

    /// <summary>How long to wait before pre-votes are asked for.</summary>
    public TimeSpan Wait()
    {
        if (isNominated())
        {
            return electionTimeout * First;
        }

        if (hasResigned())
        {
            return electionTimeout * (First + Patience + (Step * Turns));
        }

        var all = members();
        var position = all.Count(member => member.Node.Value < self.Value);
        var rank = (position + group) % Math.Max(1, all.Count) % Turns;
        var silent = leader() is { } last && last != self && !isGone(last);
        return electionTimeout * (First + (Step * rank) + (silent ? Patience : 0));
    }
}

using MfsHa.NodeLink;

namespace MfsHa.Consensus;

/// <summary>
/// From which bounds this member of a group draws its election timeout. DotNext draws once and keeps the value until a vote fails, and a member refuses its vote until its
/// own timeout has passed: a new leader is elected when the slowest survivor's has. Windows of one group's members follow each other without touching, so that
/// this time is short and no two of them stand at the same moment, which splits the votes and costs another timeout.
/// </summary>
internal readonly record struct ElectionWindow(TimeSpan Lower, TimeSpan Upper)
{
    /// <summary>Distance of two windows as a share of the election timeout; the gap between them is longer than one round of pre-votes takes on a busy machine.</summary>
    private const double Step = 0.14;

    /// <summary>Width of a window in the same unit; drawn anew it parts members that came to share a window (a change of members without a restart).</summary>
    private const double Width = 0.06;

    /// <summary>Windows in use; the last one ends below twice the election timeout. More members share them.</summary>
    private const int Windows = 5;

    /// <summary>The window of <paramref name="self"/> in a group, by its position among the members; groups begin with different ones, so that leaders spread over nodes.</summary>
    /// <param name="electionTimeout">Lower bound of all windows; what reads rely on (ReadBarrier).</param>
    /// <param name="group">The group.</param>
    /// <param name="self">This node.</param>
    /// <param name="members">The members when the group is opened, <paramref name="self"/> included or not (it waits to be added).</param>
    public static ElectionWindow Of(TimeSpan electionTimeout, ushort group, NodeId self, IReadOnlyCollection<NodeEndPoint> members)
    {
        var position = members.Count(member => member.Node.Value < self.Value);
        var count = members.Any(member => member.Node == self) ? members.Count : members.Count + 1;
        var rank = (position + group) % count % Windows;
        var lower = electionTimeout * (1 + (Step * rank));
        return new ElectionWindow(lower, lower + (electionTimeout * Width));
    }
}

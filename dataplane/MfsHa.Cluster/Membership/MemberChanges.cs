using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Membership;

/// <summary>Single changes of a group's members at its leader, each refused when the group would have no quorum afterwards. A null is a success, a text says why not.</summary>
internal static class MemberChanges
{
    /// <summary>Adds a member; returns when it has caught up.</summary>
    public static async Task<string?> AddAsync(IShardLog log, NodeEndPoint member, IPeerLiveness liveness, CancellationToken cancellation)
    {
        var alive = log.Members.Count(m => liveness.IsAlive(m.Node)) + 1;
        var all = log.Members.Count + 1;
        if (alive < (all / 2) + 1)
        {
            return $"group {log.Group} would have no quorum with node {member.Node}: {alive} of {all} members would be alive";
        }

        return await log.AddMemberAsync(member, cancellation).ConfigureAwait(false) ? null : $"node {member.Node} did not catch up with group {log.Group} in time; try again";
    }

    /// <summary>Removes members that a node is or was.</summary>
    public static async Task<string?> RemoveAsync(IShardLog log, IReadOnlyCollection<NodeEndPoint> leaving, IPeerLiveness liveness, CancellationToken cancellation)
    {
        foreach (var member in leaving)
        {
            if (Missing(log.Group, log.Members.Select(static m => m.Node), member.Node, liveness) is { } reason)
            {
                return reason;
            }

            if (!await log.RemoveMemberAsync(member, cancellation).ConfigureAwait(false))
            {
                return $"node {member.Node} could not be removed from group {log.Group}; try again";
            }
        }

        return null;
    }

    /// <summary>Why a group would have no quorum without a node; null when it would.</summary>
    public static string? Missing(ushort group, IEnumerable<NodeId> members, NodeId without, IPeerLiveness liveness)
    {
        NodeId[] left = [.. members.Where(m => m != without)];
        var alive = left.Count(liveness.IsAlive);
        return left.Length == 0 || alive < (left.Length / 2) + 1 ? $"group {group} would have no quorum without node {without}: {alive} of {left.Length} other members are alive" : null;
    }
}

using MfsHa.NodeLink;

namespace MfsHa.Replication.Ring;

/// <summary>The ring of node ids: each node's successors are the next higher ids, then the lowest.</summary>
public static class NodeRing
{
    /// <summary>The first <paramref name="count"/> members after <paramref name="node"/> that are alive; dead ones are skipped so that the ring never breaks.</summary>
    /// <param name="members">The members, in any order, <paramref name="node"/> among them or not.</param>
    /// <param name="node">Whose successors.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="isAlive">Which members are alive.</param>
    public static IReadOnlyList<NodeId> Successors(IEnumerable<NodeId> members, NodeId node, int count, Func<NodeId, bool> isAlive)
        => [.. members
            .Where(member => member != node)
            .Distinct()
            .OrderBy(member => member <= node)
            .ThenBy(member => member)
            .Where(isAlive)
            .Take(count)];
}

using System.Collections.Concurrent;
using MfsHa.Consensus;
using MfsHa.NodeLink;

namespace MfsHa.Cluster.Routing;

/// <summary>
/// Who leads a group according to others, for a node that hears no leader itself although there is one: it has no replica of the group, or the link between the two is broken. Thread-safe.
/// </summary>
/// <param name="self">This node.</param>
/// <param name="liveness">Who answers.</param>
/// <param name="nodes">All nodes.</param>
/// <param name="placed">Nodes that are to have a replica of a group; they are asked first.</param>
public sealed class LeaderHints(NodeId self, IPeerLiveness liveness, INodeDirectory nodes, Func<ushort, IReadOnlyList<ushort>> placed)
{
    private readonly ConcurrentDictionary<ushort, NodeId> leaders = new();
    private int turn;

    /// <summary>Who led last according to others; otherwise, if wanted, a node that can be asked: it executes the request or says who leads.</summary>
    public NodeId Find(ushort group, bool mayAskAnybody)
    {
        if (leaders.TryGetValue(group, out var known))
        {
            return known;
        }

        if (!mayAskAnybody)
        {
            return NodeId.None;
        }

        NodeId[] others = [.. placed(group).Select(static n => new NodeId(n)).Where(MayAsk)];
        if (others.Length == 0)
        {
            others = [.. nodes.Nodes.Select(static n => n.Id).Where(MayAsk)];
        }

        return others.Length == 0 ? NodeId.None : others[(int)((uint)Interlocked.Increment(ref turn) % (uint)others.Length)];
    }

    /// <summary>A node has executed a request of the group.</summary>
    public void Answered(ushort group, NodeId leader)
    {
        if (!leaders.TryGetValue(group, out var known) || known != leader)
        {
            leaders[group] = leader;
        }
    }

    /// <summary>A node has not executed a request; it may have said who leads.</summary>
    public void Failed(ushort group, NodeId asked, Exception reason)
    {
        if (asked == NodeId.None)
        {
            return;
        }

        if (reason is NotLeaderException { Leader: var leader } && leader != NodeId.None && leader != self && leader != asked)
        {
            leaders[group] = leader;
        }
        else
        {
            leaders.TryRemove(new KeyValuePair<ushort, NodeId>(group, asked));
        }
    }

    private bool MayAsk(NodeId node) => node != self && liveness.IsAlive(node);
}

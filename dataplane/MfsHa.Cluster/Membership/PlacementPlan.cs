using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// Where the replicas of shards are to be when nodes have come or gone. Pure: every node makes the same plan of the same records, and a plan that is carried out leaves nothing to plan.
/// </summary>
/// <remarks>
/// What is placed stays where it is, also what a person has moved, with these exceptions: a replica on a node that was removed goes to the node that has least; and a node that has come takes its
/// share, from those that have most. So no more is moved than has to be. Among equals the order is that of rendezvous hashing, so that shards do not all choose the same node.
/// <para>
/// When all nodes have a region and there are several, each shard has its replicas in as many of them as there are (<see cref="RegionSpread"/>): that goes before even shares, and what is in the way of it
/// is moved, too, except where a person has insisted on it (<c>kept</c>).
/// </para>
/// </remarks>
public static partial class PlacementPlan
{
    private const int MaxRounds = 16;

    /// <summary>The placements that have to change, by shard, each under the epoch that it has now.</summary>
    /// <param name="current">The placements of all shards.</param>
    /// <param name="nodes">All nodes, removed ones included.</param>
    /// <param name="factor">Replicas of each shard, at least 1; as many as there are nodes when they are fewer.</param>
    /// <param name="kept">Shards whose regions a person has decided; null for none.</param>
    public static IReadOnlyList<PlacementRecord> Changes(
        IReadOnlyCollection<PlacementRecord> current, IReadOnlyCollection<NodeRecord> nodes, int factor, IReadOnlySet<ushort>? kept = null) => Plan(current, nodes, factor, [], kept ?? NoShards);

    /// <summary>The same, and active nodes that are named take their whole share, whatever they have: somebody wants them to.</summary>
    /// <param name="current">The placements of all shards.</param>
    /// <param name="nodes">All nodes, removed ones included.</param>
    /// <param name="factor">Replicas of each shard, at least 1.</param>
    /// <param name="named">Ids of nodes.</param>
    /// <param name="kept">Shards whose regions a person has decided; null for none.</param>
    public static IReadOnlyList<PlacementRecord> ChangesFor(
        IReadOnlyCollection<PlacementRecord> current, IReadOnlyCollection<NodeRecord> nodes, int factor, IReadOnlyCollection<ushort> named, IReadOnlySet<ushort>? kept = null) =>
        Plan(current, nodes, factor, named, kept ?? NoShards);

    /// <summary>How many replicas are a node's share.</summary>
    /// <param name="shards">Number of shards.</param>
    /// <param name="nodes">All nodes, removed ones included.</param>
    /// <param name="factor">Replicas of each shard, at least 1.</param>
    public static int ShareOf(int shards, IReadOnlyCollection<NodeRecord> nodes, int factor)
    {
        var present = nodes.Count(static n => n.State != NodeState.Removed);
        return present == 0 ? 0 : shards * Math.Min(factor, present) / present;
    }

    private static IReadOnlyList<PlacementRecord> Plan(IReadOnlyCollection<PlacementRecord> current, IReadOnlyCollection<NodeRecord> nodes, int factor, IReadOnlyCollection<ushort> named, IReadOnlySet<ushort> kept)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        var present = nodes.Where(static n => n.State != NodeState.Removed).OrderBy(static n => n.Node).ToArray();
        if (present.Length == 0)
        {
            return [];
        }

        var plan = new Draft(current, present, kept);
        plan.Fill(Math.Min(factor, present.Length));
        var share = ShareOf(current.Count, nodes, factor);
        plan.Spread();
        for (var round = 0; round < MaxRounds; round++)
        {
            var before = plan.Moves;
            // A node that has come takes all of its share. Others keep what they have, be it nothing: a person may have moved it.
            foreach (var node in present.Where(n => n.State == NodeState.Joining || (n.State != NodeState.Draining && named.Contains(n.Node))))
            {
                plan.GiveShare(node.Node, share);
            }

            if (plan.Moves == before)
            {
                break;
            }
        }

        return plan.Changed();
    }

    /// <summary>The order in which a shard prefers nodes that are equal otherwise: the greater, the sooner.</summary>
    internal static ulong Rank(ushort shard, ushort node)
    {
        // The finaliser of SplitMix64: every bit of the input changes half of the output.
        var mixed = (((ulong)shard << 16) | node) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    private static readonly HashSet<ushort> NoShards = [];
}

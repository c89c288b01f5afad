using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Membership;

/// <summary>
/// Where the replicas of shards are to be when nodes have come or gone. Pure: every node makes the same plan of the same records, and a plan that is carried out leaves nothing to plan.
/// </summary>
/// <remarks>
/// What is placed stays where it is, also what a person has moved, with these exceptions: a replica on a node that was removed goes to the node that has least; and a node that has come takes its
/// share, from those that have most. So no more is moved than has to be. Among equals the order is that of rendezvous hashing, so that shards do not all choose the same node.
/// </remarks>
public static class PlacementPlan
{
    /// <summary>The placements that have to change, by shard, each under the epoch that it has now.</summary>
    /// <param name="current">The placements of all shards.</param>
    /// <param name="nodes">All nodes, removed ones included.</param>
    /// <param name="factor">Replicas of each shard, at least 1; as many as there are nodes when they are fewer.</param>
    public static IReadOnlyList<PlacementRecord> Changes(IReadOnlyCollection<PlacementRecord> current, IReadOnlyCollection<NodeRecord> nodes, int factor) => Plan(current, nodes, factor, []);

    /// <summary>The same, and active nodes that are named take their whole share, whatever they have: somebody wants them to.</summary>
    /// <param name="current">The placements of all shards.</param>
    /// <param name="nodes">All nodes, removed ones included.</param>
    /// <param name="factor">Replicas of each shard, at least 1.</param>
    /// <param name="named">Ids of nodes.</param>
    public static IReadOnlyList<PlacementRecord> ChangesFor(IReadOnlyCollection<PlacementRecord> current, IReadOnlyCollection<NodeRecord> nodes, int factor, IReadOnlyCollection<ushort> named) =>
        Plan(current, nodes, factor, named);

    /// <summary>How many replicas are a node's share.</summary>
    /// <param name="shards">Number of shards.</param>
    /// <param name="nodes">All nodes, removed ones included.</param>
    /// <param name="factor">Replicas of each shard, at least 1.</param>
    public static int ShareOf(int shards, IReadOnlyCollection<NodeRecord> nodes, int factor)
    {
        var present = nodes.Count(static n => n.State != NodeState.Removed);
        return present == 0 ? 0 : shards * Math.Min(factor, present) / present;
    }

    private static IReadOnlyList<PlacementRecord> Plan(IReadOnlyCollection<PlacementRecord> current, IReadOnlyCollection<NodeRecord> nodes, int factor, IReadOnlyCollection<ushort> named)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        var present = nodes.Where(static n => n.State != NodeState.Removed).OrderBy(static n => n.Node).ToArray();
        if (present.Length == 0)
        {
            return [];
        }

        var plan = new Draft(current, present);
        plan.Fill(Math.Min(factor, present.Length));
        var share = ShareOf(current.Count, nodes, factor);
        foreach (var node in present.Where(n => n.State != NodeState.Draining && (plan.LacksMuch(n, share) || named.Contains(n.Node))))
        {
            plan.GiveShare(node.Node, share);
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

    private sealed class Draft
    {
        private readonly PlacementRecord[] before;
        private readonly List<ushort>[] after;
        private readonly NodeRecord[] present;
        private readonly Dictionary<ushort, int> loads;

        public Draft(IReadOnlyCollection<PlacementRecord> current, NodeRecord[] present)
        {
            this.present = present;
            before = [.. current.OrderBy(static p => p.Shard)];
            loads = present.ToDictionary(static n => n.Node, static _ => 0);
            after = Array.ConvertAll(before, p => p.Nodes.Where(loads.ContainsKey).ToList());
            foreach (var node in after.SelectMany(static p => p))
            {
                loads[node]++;
            }
        }

        // Nodes that are drained are about to go: they get nothing that another one can have.
        public void Fill(int size)
        {
            for (var i = 0; i < after.Length; i++)
            {
                var (shard, placed) = (before[i].Shard, after[i]);
                while (placed.Count < size)
                {
                    var chosen = present.Where(n => !placed.Contains(n.Node))
                        .OrderBy(static n => n.State == NodeState.Draining).ThenBy(n => loads[n.Node]).ThenByDescending(n => Rank(shard, n.Node)).First().Node;
                    placed.Add(chosen);
                    loads[chosen]++;
                }
            }
        }

        // A node that has come takes all of its share. One that has much less than that has just come, too: whoever gave it its share may have died half-way, or it is older than the plan. Others keep
        // what they have: a person may have moved it.
        public bool LacksMuch(NodeRecord node, int share) => node.State == NodeState.Joining || loads[node.Node] * 2 < share;

        public void GiveShare(ushort to, int share)
        {
            while (loads[to] < share && Donation(to) is var (place, from))
            {
                after[place][after[place].IndexOf(from)] = to;
                loads[from]--;
                loads[to]++;
            }
        }

        public IReadOnlyList<PlacementRecord> Changed() =>
            [.. before.Zip(after).Where(static p => !p.First.Nodes.AsSpan().SequenceEqual(p.Second.ToArray())).Select(static p => p.First with { Nodes = [.. p.Second] })];

        private (int Place, ushort From)? Donation(ushort to) =>
            Enumerable.Range(0, after.Length).Where(i => !after[i].Contains(to))
                .SelectMany(i => after[i].Select(from => (Place: i, From: from)))
                .Where(d => loads[d.From] > loads[to] + 1)
                .OrderByDescending(d => loads[d.From]).ThenByDescending(d => Rank(before[d.Place].Shard, to)).ThenBy(static d => d.Place)
                .Select(static d => ((int, ushort)?)d).FirstOrDefault();
    }
}

using MfsHa.Cluster.Membership;
using MfsHa.Metadata.SystemGroup;
using Xunit;

namespace MfsHa.Cluster.Tests.Membership;

public sealed class PlacementPlanTests
{
    private const int Factor = 3;

    [Fact]
    public void What_is_placed_stays()
    {
        var placed = Placed(8, [1, 2, 3]);
        Assert.Empty(PlacementPlan.Changes(placed, Nodes(1, 2, 3), Factor));

        // Also what a person has moved, as long as everybody has something.
        var (five, nodes) = Grown(8, 5);
        var moved = five.Select(p => p.Shard == 0 ? p with { Nodes = [.. p.Nodes.Take(2), Enumerable.Range(1, 5).Select(static n => (ushort)n).First(n => !p.Nodes.Contains(n))] } : p).ToArray();
        Assert.Empty(PlacementPlan.Changes(moved, nodes, Factor));
    }

    [Fact]
    public void Fewer_nodes_than_replicas_have_one_each()
    {
        var placed = Placed(4, [1]);
        placed = Apply(placed, PlacementPlan.Changes(placed, [Node(1), Node(2, NodeState.Joining)], Factor));
        Assert.All(placed, static p => Assert.Equal<ushort>([1, 2], p.Nodes));
        placed = Apply(placed, PlacementPlan.Changes(placed, Nodes(1, 2, 3), Factor));
        Assert.All(placed, static p => Assert.Equal<ushort>([1, 2, 3], p.Nodes));
        placed = Apply(placed, PlacementPlan.Changes(placed, [Node(1), Node(2, NodeState.Removed), Node(3)], Factor));
        Assert.All(placed, static p => Assert.Equal<ushort>([1, 3], p.Nodes));
    }

    [Fact]
    public void A_node_that_comes_takes_its_share_and_nothing_else_moves()
    {
        foreach (var shards in (int[])[4, 8, 64])
        {
            var placed = Placed(shards, [1, 2, 3]);
            var after = Apply(placed, PlacementPlan.Changes(placed, [.. Nodes(1, 2, 3), Node(4, NodeState.Joining)], Factor));
            Assert.Equal(shards * Factor / 4, Loads(after)[4]);
            Assert.All(placed.Zip(after), static p => Assert.Contains(p.Second.Nodes.Except(p.First.Nodes).Count(), (int[])[0, 1]));
            Assert.All(placed.Zip(after), static p => Assert.True(p.Second.Nodes.Except(p.First.Nodes).All(static n => n == 4)));
            AssertSound(after, 4);
        }
    }

    [Fact]
    public void Only_what_was_on_a_removed_node_moves()
    {
        var (placed, nodes) = Grown(16, 5);
        foreach (var gone in (ushort[])[1, 2, 3, 4, 5])
        {
            var after = Apply(placed, PlacementPlan.Changes(placed, [.. nodes.Select(n => n.Node == gone ? n with { State = NodeState.Removed } : n)], Factor));
            Assert.All(placed.Zip(after), p => Assert.Equal(p.First.Nodes.Where(n => n != gone), p.Second.Nodes.Where(p.First.Nodes.Contains)));
            Assert.DoesNotContain(after, p => p.Nodes.Contains(gone));
            AssertSound(after, 4);
        }
    }

    [Fact]
    public void A_named_node_takes_its_whole_share_and_then_there_is_nothing_to_do()
    {
        const ushort Named = 5;
        foreach (var shards in (int[])[5, 8, 64])
        {
            var (placed, nodes) = Grown(shards, 5);
            var share = PlacementPlan.ShareOf(shards, nodes, Factor);
            Assert.Equal(shards * Factor / 5, share);
            Assert.Equal(share, Loads(placed)[Named]);

            // A person has moved everything away from it.
            for (var left = share; left > 0; left--)
            {
                var one = placed.First(static p => p.Nodes.Contains(Named));
                placed = Apply(placed, [one with { Nodes = [.. one.Nodes.Where(static n => n != Named).Append(Enumerable.Range(1, 4).Select(static n => (ushort)n).First(n => !one.Nodes.Contains(n)))] }]);
            }

            Assert.Empty(PlacementPlan.Changes(placed, nodes, Factor));
            var after = Apply(placed, PlacementPlan.ChangesFor(placed, nodes, Factor, [Named]));
            Assert.Equal(share, Loads(after)[Named]);
            Assert.All(placed.Zip(after), static p => Assert.True(p.Second.Nodes.Except(p.First.Nodes).All(static n => n == Named)));
            AssertSound(after, 5, spread: shards);
            Assert.Empty(PlacementPlan.ChangesFor(after, nodes, Factor, [Named]));
        }
    }

    [Fact]
    public void A_named_node_that_is_drained_gets_nothing()
    {
        var placed = Placed(8, [1, 2, 3]);
        NodeRecord[] nodes = [.. Nodes(1, 2, 3), Node(4, NodeState.Draining)];
        Assert.Empty(PlacementPlan.ChangesFor(placed, nodes, Factor, [4]));
    }

    [Fact]
    public void A_drained_node_keeps_what_it_has_and_gets_nothing()
    {
        var placed = Placed(8, [1, 2, 3]);
        NodeRecord[] nodes = [.. Nodes(1, 2), Node(3, NodeState.Removed), Node(4, NodeState.Draining), Node(5)];
        var after = Apply(placed, PlacementPlan.Changes(placed, nodes, Factor));
        Assert.DoesNotContain(4, Loads(after).Keys.Select(static n => (int)n));
        Assert.Equal(8, Loads(after)[5]);
    }

    [Fact]
    public void A_node_from_which_everything_was_moved_away_gets_nothing_by_itself()
    {
        var (placed, nodes) = (Placed(8, [1, 2, 3]), Nodes(1, 2, 3, 4, 5));
        Assert.Empty(PlacementPlan.Changes(placed, nodes, Factor));
        AssertSound(Apply(placed, PlacementPlan.ChangesFor(placed, nodes, Factor, [4, 5])), 5);
    }

    /// <summary>Any history of nodes that come and go: replicas are on different, present nodes, spread evenly, and the plan does not depend on the order of its input, nor goes on for ever.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_history_ends_sound(int seed)
    {
        var random = new Random(seed);
        for (var history = 0; history < 200; history++)
        {
            var shards = random.Next(1, 65);
            var nodes = Nodes(1).ToList();
            var placed = Placed(shards, [1]);
            for (var step = 0; step < 12; step++)
            {
                NodeRecord[] present = [.. nodes.Where(static n => n.State != NodeState.Removed)];
                if (present.Length < 7 && (present.Length < 3 || random.Next(2) == 0))
                {
                    nodes.Add(Node((ushort)(nodes.Count + 1), NodeState.Joining));
                }
                else
                {
                    var gone = present[random.Next(present.Length)];
                    nodes[nodes.IndexOf(gone)] = gone with { State = NodeState.Removed };
                }

                var changes = PlacementPlan.Changes(placed, nodes, Factor);
                var mirrored = PlacementPlan.Changes([.. placed.Reverse()], [.. nodes.AsEnumerable().Reverse()], Factor);
                Assert.Equal(changes.Select(Text), mirrored.Select(Text));
                placed = Apply(placed, changes);
                Assert.Empty(PlacementPlan.Changes(placed, nodes, Factor));
                AssertSound(placed, nodes.Count(static n => n.State != NodeState.Removed), $"seed {seed}, history {history}, step {step}, {shards} shards", spread: 4); // nothing is moved only to make it even
                nodes = [.. nodes.Select(static n => n.State == NodeState.Joining ? n with { State = NodeState.Active } : n)];
            }
        }
    }

    [Fact]
    public void A_plan_that_was_carried_out_by_half_is_finished()
    {
        var placed = Placed(16, [1, 2, 3]);
        NodeRecord[] nodes = [.. Nodes(1, 2, 3), Node(4, NodeState.Joining)];
        var changes = PlacementPlan.Changes(placed, nodes, Factor);
        var half = Apply(placed, [.. changes.Take(changes.Count / 2)]);
        AssertSound(Apply(half, PlacementPlan.Changes(half, nodes, Factor)), 4);
    }

    private static string Text(PlacementRecord placement) => $"{placement.Shard}@{placement.Epoch}: {string.Join(",", placement.Nodes)}";

    private static void AssertSound(IReadOnlyCollection<PlacementRecord> placed, int nodes, string where = "", int spread = 2)
    {
        Assert.All(placed, p => Assert.Equal(Math.Min(Factor, nodes), p.Nodes.Distinct().Count()));
        var loads = Loads(placed).Values;
        var least = loads.Count < nodes ? 0 : loads.Min();
        Assert.True(loads.Max() - least <= spread, $"{where}: {string.Join(", ", Loads(placed).OrderBy(static l => l.Key))}");
    }

    private static Dictionary<ushort, int> Loads(IEnumerable<PlacementRecord> placed) => placed.SelectMany(static p => p.Nodes).GroupBy(static n => n).ToDictionary(static g => g.Key, static g => g.Count());

    private static (PlacementRecord[] Placed, NodeRecord[] Nodes) Grown(int shards, int nodes)
    {
        var placed = Placed(shards, [1, 2, 3]);
        for (ushort n = 4; n <= nodes; n++)
        {
            placed = Apply(placed, PlacementPlan.Changes(placed, [.. Nodes([.. Enumerable.Range(1, n - 1).Select(static i => (ushort)i)]), Node(n, NodeState.Joining)], Factor));
        }

        return (placed, Nodes([.. Enumerable.Range(1, nodes).Select(static i => (ushort)i)]));
    }

    private static PlacementRecord[] Placed(int shards, ushort[] nodes) => [.. Enumerable.Range(0, shards).Select(s => new PlacementRecord((ushort)s, 1, nodes))];

    private static PlacementRecord[] Apply(PlacementRecord[] placed, IReadOnlyList<PlacementRecord> changes) =>
        [.. placed.Select(p => changes.FirstOrDefault(c => c.Shard == p.Shard) is { } change ? change with { Epoch = change.Epoch + 1 } : p)];

    private static NodeRecord[] Nodes(params ushort[] nodes) => Array.ConvertAll(nodes, static n => Node(n));

    private static NodeRecord Node(ushort node, NodeState state = NodeState.Active) => new() { Node = node, Incarnation = 1, Address = $"node{node}:9430", State = state };
}

using CsCheck;
using MfsHa.Cluster.Membership;
using MfsHa.Metadata.SystemGroup;
using Xunit;

namespace MfsHa.Cluster.Tests.Membership;

/// <summary>Where replicas are when nodes have regions.</summary>
public sealed class RegionTests
{
    private static readonly Gen<(int Shards, int Factor, int[] Regions, int[] Placed)> Clusters =
        from shards in Gen.Int[1, 24]
        from factor in Gen.Int[1, 5]
        from regions in Gen.Int[0, 3].Array[1, 8]
        from placed in Gen.Int[0, 1000].Array[64]
        select (shards, factor, regions, placed);

    /// <summary>Whatever the placement was: afterwards each shard is in as many regions as it can be, on as many different nodes as wanted, and there is nothing left to plan.</summary>
    [Fact]
    public void Replicas_are_in_as_many_regions_as_there_are() => Clusters.Sample(c =>
    {
        var nodes = Nodes(c.Regions);
        var placed = Random(c.Shards, c.Factor, nodes, c.Placed);
        var after = Apply(placed, PlacementPlan.Changes(placed, nodes, c.Factor));
        AssertSpread(after, nodes, c.Factor);
        Assert.Empty(PlacementPlan.Changes(after, nodes, c.Factor));
    }, iter: 3000);

    /// <summary>The same through joins, leaves and named nodes, each planned on what the last one has left.</summary>
    [Fact]
    public void Nodes_that_come_and_go_leave_replicas_spread() => Gen.Select(Clusters, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 100]).Array[1, 8]).Sample((c, steps) =>
    {
        var nodes = Nodes(c.Regions).ToList();
        var placed = Random(c.Shards, c.Factor, [.. nodes], c.Placed);
        foreach (var (what, region, which) in steps)
        {
            var present = nodes.Where(static n => n.State != NodeState.Removed).ToArray();
            if (what == 0 && present.Length > 1)
            {
                var gone = present[which % present.Length];
                nodes[nodes.IndexOf(gone)] = gone with { State = NodeState.Removed };
            }
            else if (what == 1)
            {
                nodes.Add(Node(nodes.Count + 1, region) with { State = NodeState.Joining });
            }

            IReadOnlyCollection<ushort> named = what == 2 ? [present[which % present.Length].Node] : [];
            placed = Apply(placed, PlacementPlan.ChangesFor(placed, nodes, c.Factor, named));
            AssertSpread(placed, [.. nodes], c.Factor);
            Assert.Empty(PlacementPlan.ChangesFor(placed, nodes, c.Factor, named));
            nodes = [.. nodes.Select(static n => n.State == NodeState.Joining ? n with { State = NodeState.Active } : n)];
        }
    }, iter: 1000);

    [Fact]
    public void Regions_are_not_looked_at_while_a_node_has_none()
    {
        var nodes = Nodes([0, 0, 0, 1]);
        var placed = Enumerable.Range(0, 4).Select(static s => new PlacementRecord((ushort)s, 1, [1, 2, 3])).ToArray();
        Assert.All(PlacementPlan.Changes(placed, nodes, 3), static p => Assert.Contains((ushort)4, p.Nodes));
        Assert.Equal(4, PlacementPlan.Changes(placed, nodes, 3).Count);
        nodes[0] = nodes[0] with { Region = "" };
        Assert.True(PlacementPlan.Changes(placed, nodes, 3).Count < 4); // its share, and no more
    }

    [Fact]
    public void Where_a_person_insists_nothing_is_spread_and_others_are()
    {
        var nodes = Nodes([0, 0, 0, 1, 1]);
        var placed = Enumerable.Range(0, 10).Select(static s => new PlacementRecord((ushort)s, 1, [1, 2, 3])).ToArray();
        var after = Apply(placed, PlacementPlan.Changes(placed, nodes, 3, new HashSet<ushort> { 4 }));
        Assert.Equal<ushort>([1, 2, 3], after[4].Nodes);
        Assert.All(after.Where(static p => p.Shard != 4), p => Assert.Equal(2, new RegionSpread(nodes).Of(p.Nodes)));
        Assert.Empty(PlacementPlan.Changes(after, nodes, 3, new HashSet<ushort> { 4 }));
    }

    [Fact]
    public void A_drained_node_gets_nothing_for_its_region()
    {
        var nodes = Nodes([0, 0, 0, 1]);
        nodes[3] = nodes[3] with { State = NodeState.Draining };
        Assert.Empty(PlacementPlan.Changes([new PlacementRecord(0, 1, [1, 2, 3])], nodes, 3));
    }

    private static void AssertSpread(PlacementRecord[] placed, NodeRecord[] nodes, int factor)
    {
        var present = nodes.Count(static n => n.State != NodeState.Removed);
        var regions = new RegionSpread(nodes);
        foreach (var placement in placed)
        {
            Assert.Equal(Math.Min(factor, present), placement.Nodes.Distinct().Count());
            Assert.All(placement.Nodes, n => Assert.Contains(nodes, r => r.Node == n && r.State != NodeState.Removed));
            Assert.Equal(Math.Min(placement.Nodes.Length, regions.Count), regions.Of(placement.Nodes));
        }
    }

    private static PlacementRecord[] Random(int shards, int factor, NodeRecord[] nodes, int[] choices) =>
        [.. Enumerable.Range(0, shards).Select(s =>
            new PlacementRecord((ushort)s, 1, [.. Enumerable.Range(0, Math.Min(factor, nodes.Length)).Select(i => nodes[(choices[s % choices.Length] + (i * (1 + (nodes.Length % 2 == 0 ? 0 : choices[s % choices.Length] % Math.Max(1, nodes.Length - 1))))) % nodes.Length].Node).Distinct()]))];

    private static PlacementRecord[] Apply(PlacementRecord[] placed, IReadOnlyList<PlacementRecord> changes) =>
        [.. placed.Select(p => changes.FirstOrDefault(c => c.Shard == p.Shard) is { } changed ? changed with { Epoch = p.Epoch + 1 } : p)];

    private static NodeRecord[] Nodes(int[] regions) => [.. regions.Select(static (r, i) => Node(i + 1, r))];

    private static NodeRecord Node(int id, int region) => new() { Node = (ushort)id, Incarnation = (uint)id, Address = $"node{id}:9430", Region = $"r{region}", State = NodeState.Active };
}

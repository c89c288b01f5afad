using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Membership;

/// <summary>In which regions a shard's replicas are. While any node has no region, regions are not looked at: all nodes are in the same one then. Pure.</summary>
public sealed class RegionSpread
{
    private readonly Dictionary<ushort, string> regions;

    /// <summary>Takes the regions of nodes.</summary>
    /// <param name="nodes">All nodes; removed ones do not count.</param>
    public RegionSpread(IEnumerable<NodeRecord> nodes)
    {
        var present = nodes.Where(static n => n.State != NodeState.Removed).ToList();
        var isKnown = present.TrueForAll(static n => n.Region.Length > 0);
        regions = present.ToDictionary(static n => n.Node, n => isKnown ? n.Region : "");
    }

    /// <summary>How many regions there are.</summary>
    public int Count => regions.Values.Distinct().Count();

    /// <summary>In how many regions nodes are.</summary>
    public int Of(IEnumerable<ushort> nodes) => nodes.Select(RegionOf).Distinct().Count();

    /// <summary>True when one of some nodes is in the region of another node.</summary>
    public bool Has(IEnumerable<ushort> nodes, ushort of) => nodes.Any(n => RegionOf(n) == RegionOf(of));

    /// <summary>True when several of some nodes are in the region of one of them.</summary>
    public bool IsCrowded(IEnumerable<ushort> nodes, ushort one) => nodes.Count(n => RegionOf(n) == RegionOf(one)) > 1;

    /// <summary>True when nodes are in no fewer regions with one in the place of another.</summary>
    public bool MayReplace(IReadOnlyCollection<ushort> nodes, ushort from, ushort to) => Of(nodes.Select(n => n == from ? to : n)) >= Of(nodes);

    private string RegionOf(ushort node) => regions.GetValueOrDefault(node, "");
}

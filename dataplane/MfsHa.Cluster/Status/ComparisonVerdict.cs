using MfsHa.NodeLink;

namespace MfsHa.Cluster.Status;

/// <summary>What checksums of a group's replicas at one index of its log mean.</summary>
/// <param name="Agreed">What a majority of the members has; null when no majority says the same.</param>
/// <param name="Differing">Members that have something else than the majority.</param>
/// <param name="IsContradictory">True when members differ and no majority tells who is right.</param>
public sealed record ComparisonVerdict(GroupChecksum? Agreed, IReadOnlyList<NodeId> Differing, bool IsContradictory)
{
    /// <summary>Judges the answers of all members; null for one that did not answer.</summary>
    public static ComparisonVerdict Of(IReadOnlyDictionary<NodeId, GroupChecksum?> answers)
    {
        var byChecksum = answers.Where(static a => a.Value is not null).GroupBy(static a => a.Value!.Value).ToArray();
        var largest = byChecksum.MaxBy(static g => g.Count());
        return largest is not null && largest.Count() * 2 > answers.Count
            ? new ComparisonVerdict(largest.Key, [.. byChecksum.Where(g => g != largest).SelectMany(static g => g).Select(static a => a.Key).OrderBy(static n => n.Value)], false)
            : new ComparisonVerdict(null, [], byChecksum.Length > 1);
    }
}

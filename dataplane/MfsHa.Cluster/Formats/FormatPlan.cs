using MfsHa.Metadata.SystemGroup;

namespace MfsHa.Cluster.Formats;

/// <summary>What the leader of the system group has to write of format levels. Pure.</summary>
public static class FormatPlan
{
    /// <summary>
    /// The announcements that differ from what is written. None while a member has neither announced anything nor answers: it may be of a release before format levels, and such a one could not read them.
    /// </summary>
    /// <param name="nodes">All nodes, removed ones included.</param>
    /// <param name="written">What is written.</param>
    /// <param name="heard">What members answer now.</param>
    public static IReadOnlyList<NodeFormats> Announcements(IReadOnlyCollection<NodeRecord> nodes, IReadOnlyCollection<NodeFormats> written, IReadOnlyCollection<NodeFormats> heard)
    {
        var members = nodes.Where(static n => n.State != NodeState.Removed).ToList();
        return members.All(m => Of(m, heard) is not null || Of(m, written) is not null)
            ? [.. members.Select(m => Of(m, heard)).OfType<NodeFormats>().Where(h => !written.Contains(h)).OrderBy(static h => h.Node)]
            : [];
    }

    /// <summary>The level that is to be in force next: one more when all members, also those that are away, have announced that they read it; null for none.</summary>
    /// <param name="nodes">All nodes, removed ones included.</param>
    /// <param name="written">What is written.</param>
    /// <param name="level">The level in force.</param>
    public static byte? Next(IReadOnlyCollection<NodeRecord> nodes, IReadOnlyCollection<NodeFormats> written, byte level)
    {
        // Before the cluster is formed there is nobody, and nobody is not everybody.
        var members = nodes.Where(static n => n.State != NodeState.Removed).ToList();
        return level < byte.MaxValue && members.Count > 0 && members.TrueForAll(n => Of(n, written)?.Reads((byte)(level + 1)) == true) ? (byte)(level + 1) : null;
    }

    private static NodeFormats? Of(NodeRecord node, IEnumerable<NodeFormats> formats) => formats.FirstOrDefault(f => f.Node == node.Node && f.Incarnation == node.Incarnation);
}

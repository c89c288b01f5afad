using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary>The JSON of <c>partition-status</c>. Two nodes are in one part when they reach each other, or a chain of others links them.</summary>
internal sealed record PartitionPicture(IReadOnlyList<IReadOnlyList<uint>> Parts, IReadOnlyList<PartitionPicture.Link> BrokenLinks, IReadOnlyList<uint> Silent)
{
    public static PartitionPicture Of(IReadOnlyList<NodeDetails> nodes)
    {
        uint[] ids = [.. nodes.Select(static n => n.Node).Order()];
        uint[] silent = [.. nodes.Where(static n => !n.Online).Select(static n => n.Node).Order()];

        // Who does not answer says nothing about its links; the others say whether they reach it.
        HashSet<(uint From, uint To)> broken = [.. nodes.Where(static n => n.Online).SelectMany(n => n.Peers.Where(static p => !p.Reachable).Select(p => (n.Node, p.Node)))];
        bool Linked(uint a, uint b) => !broken.Contains((a, b)) && !broken.Contains((b, a)) && !(silent.Contains(a) && silent.Contains(b));
        var parts = new List<IReadOnlyList<uint>>();
        var left = new List<uint>(ids);
        while (left.Count > 0)
        {
            var part = new List<uint> { left[0] };
            left.RemoveAt(0);
            for (int i = 0; i < part.Count; i++)
            {
                uint[] found = [.. left.Where(other => Linked(part[i], other))];
                part.AddRange(found);
                left.RemoveAll(found.Contains);
            }

            parts.Add([.. part.Order()]);
        }

        return new PartitionPicture(parts, [.. broken.Order().Select(static l => new Link(l.From, l.To))], silent);
    }

    public IEnumerable<string> ToText()
    {
        if (Parts.Count == 1 && BrokenLinks.Count == 0)
        {
            yield return Parts[0].Count == 1 ? "No partition: there is one node" : $"No partition: all {Parts[0].Count} nodes reach each other";
            yield break;
        }

        yield return Parts.Count > 1
            ? $"PARTITION: {string.Join(" | ", Parts.Select(static p => "{" + string.Join(", ", p) + "}"))}"
            : "No partition, but links are broken; calls go through a third node";
        foreach (Link link in BrokenLinks)
        {
            yield return $"Node {link.From} does not reach node {link.To}";
        }

        foreach (uint node in Silent)
        {
            yield return $"Node {node} does not answer: it is down, or cut off";
        }
    }

    /// <summary>A node gets no answer to its pings from another.</summary>
    internal sealed record Link(uint From, uint To);
}

namespace MfsHa.Admin.Contract;

/// <summary>Nodes in texts.</summary>
public static class NodeNames
{
    /// <summary>"node 1", "nodes 1, 2".</summary>
    public static string Of(IReadOnlyCollection<uint> nodes) => $"{(nodes.Count == 1 ? "node" : "nodes")} {string.Join(", ", nodes)}";

    /// <summary>What nodes say, those that say the same together: "nodes 1, 2: this; node 3: that".</summary>
    public static string Grouped(IEnumerable<(uint Node, string Text)> said) =>
        string.Join("; ", said.GroupBy(static s => s.Text, static s => s.Node).Select(static s => $"{Of([.. s])}: {s.Key}"));
}

namespace MfsHa.NodeLink;

/// <summary>Identifies one <c>mfsha</c> process with its data directory. Range 1..65535; 0 means "no node".</summary>
public readonly record struct NodeId(ushort Value) : IComparable<NodeId>
{
    /// <summary>The absence of a node.</summary>
    public static readonly NodeId None;

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Orders nodes by number; the ring of nodes follows this order.</summary>
    public static bool operator <(NodeId a, NodeId b) => a.Value < b.Value;

    /// <summary>Orders nodes by number.</summary>
    public static bool operator >(NodeId a, NodeId b) => a.Value > b.Value;

    /// <summary>Orders nodes by number.</summary>
    public static bool operator <=(NodeId a, NodeId b) => a.Value <= b.Value;

    /// <summary>Orders nodes by number.</summary>
    public static bool operator >=(NodeId a, NodeId b) => a.Value >= b.Value;
}

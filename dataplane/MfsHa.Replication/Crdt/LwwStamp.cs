using MfsHa.NodeLink;

namespace MfsHa.Replication.Crdt;

/// <summary>
/// Orders the writes to a last-writer-wins register: by counter, then by writer. A writer never uses a stamp for two values,
/// and takes a counter above every one it has seen when it means to overwrite.
/// </summary>
/// <param name="Counter">Grows with every write; from 1, 0 means "never written".</param>
/// <param name="Writer">Breaks ties between nodes that wrote at the same counter.</param>
public readonly record struct LwwStamp(ulong Counter, NodeId Writer) : IComparable<LwwStamp>
{
    /// <summary>The stamp that <paramref name="writer"/> uses to overwrite this one.</summary>
    public LwwStamp Next(NodeId writer) => new(Counter + 1, writer);

    /// <inheritdoc/>
    public int CompareTo(LwwStamp other)
    {
        var byCounter = Counter.CompareTo(other.Counter);
        return byCounter != 0 ? byCounter : Writer.CompareTo(other.Writer);
    }

    /// <summary>Orders stamps.</summary>
    public static bool operator <(LwwStamp a, LwwStamp b) => a.CompareTo(b) < 0;

    /// <summary>Orders stamps.</summary>
    public static bool operator >(LwwStamp a, LwwStamp b) => a.CompareTo(b) > 0;

    /// <summary>Orders stamps.</summary>
    public static bool operator <=(LwwStamp a, LwwStamp b) => a.CompareTo(b) <= 0;

    /// <summary>Orders stamps.</summary>
    public static bool operator >=(LwwStamp a, LwwStamp b) => a.CompareTo(b) >= 0;
}

namespace MfsHa.Admin.Contract;

/// <summary>How the replicas of one group compare.</summary>
/// <param name="Group">The group.</param>
/// <param name="Kind">The verdict.</param>
/// <param name="Replicas">What each said.</param>
public sealed record GroupVerdict(uint Group, ConsistencyKind Kind, IReadOnlyList<ReplicaChecksum> Replicas)
{
    private const int ShownBytes = 8;
    private const int ShownKeyBytes = 64;

    /// <summary>Compares replicas group by group.</summary>
    public static IReadOnlyList<GroupVerdict> Of(IEnumerable<ReplicaChecksum> checksums) =>
        [.. checksums.GroupBy(c => c.Group).OrderBy(g => g.Key).Select(g => new GroupVerdict(g.Key, Compare([.. g]), [.. g.OrderBy(c => c.Node)]))];

    /// <summary>The verdict about all groups: no group at all is incomplete, too.</summary>
    public static ConsistencyKind KindOf(IReadOnlyList<GroupVerdict> verdicts) =>
        verdicts.Any(v => v.Kind == ConsistencyKind.Different) ? ConsistencyKind.Different
        : verdicts.Count == 0 || verdicts.Any(v => v.Kind == ConsistencyKind.Incomplete) ? ConsistencyKind.Incomplete
        : ConsistencyKind.Same;

    /// <summary>The verdict as a word.</summary>
    public static string WordOf(IReadOnlyList<GroupVerdict> verdicts) => WordOf(KindOf(verdicts));

    /// <summary>What is said of the group: a line, and a second one when replicas differ and nodes have looked for the key.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Line();
        if (FirstKey() is { Length: > 0 } key)
        {
            yield return $"  first differing key: {key}";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(";", Lines());

    private string Line()
    {
        string name = $"group {NameOf(Group)}";
        ReplicaChecksum first = Replicas[0];
        return Kind switch
        {
            ConsistencyKind.Same => $"{name}: {Replicas.Count} replicas agree at index {first.Index} ({Records(first)}checksum {Hex(first)})",
            _ => $"{name}: {WordOf(Kind)}: " + string.Join("; ", Replicas.Select(r => $"node {r.Node}: {Show(r)}")),
        };
    }

    /// <summary>A group's number with what it is for.</summary>
    public static string NameOf(uint group) => group == 0 ? "0 (system)" : $"{group} (shard {group - 1})";

    /// <summary>A verdict as a word.</summary>
    public static string WordOf(ConsistencyKind kind) => kind switch
    {
        ConsistencyKind.Same => "CONSISTENT",
        ConsistencyKind.Different => "DIFFERENT",
        ConsistencyKind.Incomplete => "INCOMPLETE",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    // Empty when nobody has looked for it: replicas are equal, or the node that answers is of a release that does not.
    private string FirstKey()
    {
        if (Replicas.FirstOrDefault(static r => r.Record is not null)?.Record is not { } named)
        {
            return Replicas.FirstOrDefault(static r => r.Unnamed.Length > 0) is { } one ? $"not named: {one.Unnamed}" : "";
        }

        string hex = Convert.ToHexStringLower(named.Key.Span[..Math.Min(ShownKeyBytes, named.Key.Length)]);
        string bytes = string.Join(' ', Enumerable.Range(0, hex.Length / 2).Select(i => hex.Substring(2 * i, 2)));
        return $"{named.Name} ({bytes}{(named.Key.Length > ShownKeyBytes ? " ..." : "")}): " + NodeNames.Grouped(Replicas.Select(static r => (r.Node, r.Record switch
        {
            null => "not read",
            { Present: false } => "absent",
            { } record => $"{record.Length} bytes {record.Checksum:x16}",
        })));
    }

    // Replicas whose checksums were taken at different indexes cannot be compared: that is incomplete, not different.
    private static ConsistencyKind Compare(IReadOnlyList<ReplicaChecksum> replicas)
    {
        ReplicaChecksum[] answered = [.. replicas.Where(r => r.Error.Length == 0 && !r.Checksum.IsEmpty)];
        if (answered.GroupBy(r => r.Index).Any(same => same.Select(r => r.Checksum).Distinct().Count() > 1))
        {
            return ConsistencyKind.Different;
        }

        return answered.Length == replicas.Count && answered.Select(r => r.Index).Distinct().Count() == 1 ? ConsistencyKind.Same : ConsistencyKind.Incomplete;
    }

    private static string Show(ReplicaChecksum replica)
    {
        if (replica.Error.Length > 0)
        {
            return replica.Error;
        }

        return $"checksum {Hex(replica)} at index {replica.Index}";
    }

    // Nodes do not count them yet.
    private static string Records(ReplicaChecksum replica) => replica.Records > 0 ? $"{replica.Records} records, " : "";

    private static string Hex(ReplicaChecksum replica) =>
        Convert.ToHexStringLower(replica.Checksum.Span[..Math.Min(ShownBytes, replica.Checksum.Length)]);
}

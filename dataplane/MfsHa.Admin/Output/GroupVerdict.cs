using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Output;

/// <summary>How the replicas of one group compare.</summary>
/// <param name="Group">The group.</param>
/// <param name="Kind">The verdict.</param>
/// <param name="Replicas">What each said.</param>
public sealed record GroupVerdict(uint Group, ConsistencyKind Kind, IReadOnlyList<ReplicaChecksum> Replicas)
{
    private const int ShownBytes = 8;

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

    /// <summary>The verdict as an exit code.</summary>
    public static int ExitCodeOf(IReadOnlyList<GroupVerdict> verdicts) => KindOf(verdicts) switch
    {
        ConsistencyKind.Same => ExitCode.Done,
        ConsistencyKind.Different => ExitCode.Trouble,
        ConsistencyKind.Incomplete => ExitCode.Unavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(verdicts)),
    };

    /// <inheritdoc/>
    public override string ToString()
    {
        string name = $"group {StatusText.NameOf(Group)}";
        ReplicaChecksum first = Replicas[0];
        return Kind switch
        {
            ConsistencyKind.Same => $"{name}: {Replicas.Count} replicas agree at index {first.Index} ({first.Records} records, {Show(first)})",
            _ => $"{name}: {WordOf(Kind)}: " + string.Join("; ", Replicas.Select(r => $"node {r.Node}: {Show(r)}")),
        };
    }

    internal static string WordOf(ConsistencyKind kind) => kind switch
    {
        ConsistencyKind.Same => "CONSISTENT",
        ConsistencyKind.Different => "DIFFERENT",
        ConsistencyKind.Incomplete => "INCOMPLETE",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

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

        string hex = Convert.ToHexStringLower(replica.Checksum.Span[..Math.Min(ShownBytes, replica.Checksum.Length)]);
        return $"checksum {hex} at index {replica.Index}";
    }
}

/// <summary>Outcome of a comparison.</summary>
public enum ConsistencyKind
{
    /// <summary>All replicas were asked and agree.</summary>
    Same,

    /// <summary>Two replicas differ at the same index.</summary>
    Different,

    /// <summary>No difference was seen, but not every replica could be compared.</summary>
    Incomplete,
}

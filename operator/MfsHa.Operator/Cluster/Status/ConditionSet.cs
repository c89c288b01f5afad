using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster.Status;

/// <summary>Conditions that keep the time of their last change while their status stays.</summary>
/// <param name="former">Those that were reported last.</param>
/// <param name="generation">Generation that the new ones are about.</param>
/// <param name="now">Time of a change.</param>
public sealed class ConditionSet(IEnumerable<ConditionStatus>? former, long? generation, DateTimeOffset now)
{
    private readonly Dictionary<string, ConditionStatus> _former = (former ?? []).ToDictionary(static c => c.Type);
    private readonly SortedDictionary<string, ConditionStatus> _conditions = new(StringComparer.Ordinal);

    /// <summary>All of them, by type.</summary>
    public IList<ConditionStatus> All => [.. _conditions.Values];

    /// <summary>Sets one. The message must say something: older API servers take an empty one for none.</summary>
    public void Set(string type, bool status, string reason, string message)
    {
        string word = status ? "True" : "False";
        _conditions[type] = new ConditionStatus
        {
            Type = type,
            Status = word,
            Reason = reason,
            Message = message.Length > 0 ? message : reason,
            ObservedGeneration = generation,
            LastTransitionTime = _former.TryGetValue(type, out ConditionStatus? known) && known.Status == word && known.LastTransitionTime is { } since
                ? since
                : WholeSeconds(now),
        };
    }

    /// <summary>What the API server keeps of a time; a fraction would differ for ever.</summary>
    public static DateTime WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds()).UtcDateTime;
}

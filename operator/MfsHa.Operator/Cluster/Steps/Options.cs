using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>
/// Keys that nodes change while they run are set in the cluster. Only what the operator has set is taken back (<c>status.options</c>): people may set others with mfsha-admin.
/// The last step: a value that nodes refuse holds up nothing else.
/// </summary>
public static class Options
{
    /// <summary>Done when the cluster holds all of them.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        if (observed.Options is not { } present)
        {
            return StepResult.Go();
        }

        SortedDictionary<string, string> wanted = Wanted(observed);
        ClusterAction[] actions =
        [
            .. wanted.Where(w => present.GetValueOrDefault(w.Key) != w.Value).Select(static w => new ClusterAction.SetOption(w.Key, w.Value)),
            .. (observed.Cluster.Status?.Options ?? []).Where(k => !wanted.ContainsKey(k) && present.ContainsKey(k)).Select(static k => new ClusterAction.SetOption(k, null)),
        ];
        return actions.Length == 0 ? StepResult.Go() : StepResult.WaitFor($"nodes take over {string.Join(", ", actions.Select(static a => ((ClusterAction.SetOption)a).Key))}", actions);
    }

    /// <summary>Keys that the operator has to answer for, for the status: those that are wanted, and those that it has set and that are still there.</summary>
    public static IList<string>? Kept(ObservedCluster observed)
    {
        string[] kept =
        [
            .. Wanted(observed).Keys.Union((observed.Cluster.Status?.Options ?? []).Where(k => observed.Options?.ContainsKey(k) != false)).Order(StringComparer.Ordinal),
        ];
        return kept.Length == 0 ? null : kept;
    }

    private static SortedDictionary<string, string> Wanted(ObservedCluster observed) =>
        new((observed.Cluster.Spec.Config ?? new Dictionary<string, string>()).Where(static c => OnlineKeys.All.Contains(c.Key)).ToDictionary(), StringComparer.Ordinal);
}

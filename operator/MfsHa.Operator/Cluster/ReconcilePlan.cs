using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Steps;

namespace MfsHa.Operator.Cluster;

/// <summary>What the steps of a pass have found.</summary>
/// <param name="Results">Those that ran, in order.</param>
public sealed record ReconcilePlan(IReadOnlyList<(Step Step, StepResult Result)> Results)
{
    /// <summary>All that is to be done, in order.</summary>
    public IEnumerable<ClusterAction> Actions => Results.SelectMany(static r => r.Result.Actions);

    /// <summary>The step that stopped; null: all is well.</summary>
    public (Step Step, StepResult Result)? Stop => Results[^1].Result is StepResult.Done ? null : Results[^1];

    /// <summary>Why it stopped; null: it did not.</summary>
    public string? Message => Stop?.Result switch
    {
        StepResult.Wait wait => wait.Message,
        StepResult.Failed failed => failed.Message,
        _ => null,
    };

    /// <summary>Only people can bring it further.</summary>
    public bool IsFailed => Stop?.Result is StepResult.Failed;
}

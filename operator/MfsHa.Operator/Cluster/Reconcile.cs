using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Steps;

namespace MfsHa.Operator.Cluster;

/// <summary>The whole of a pass: steps in their order, until one waits or fails.</summary>
public static class Reconcile
{
    /// <summary>The steps.</summary>
    public static IReadOnlyList<Step> Steps { get; } =
    [
        new("Validate", Validate.Run),
        new("Token", Token.Run),
        new("Certificates", Certificates.Run),
        new("Configuration", Configuration.Run),
        new("Services", Services.Run),
        new("Account", Account.Run),
        new("DisruptionBudget", DisruptionBudget.Run),
        new("Volumes", Volumes.Run),
        new("Growth", Growth.Run, IsOperation: true),
        new("Restore", Restore.Run, IsOperation: true),
        new("Bootstrap", Bootstrap.Run, IsOperation: true),
        new("Nodes", Nodes.Run),
        new("Form", Form.Run, IsOperation: true),
        new("Repair", Repair.Run, IsOperation: true),
        new("Leave", Leave.Run, IsOperation: true),
        new("Roll", Roll.Run, IsOperation: true),
        new("Join", Join.Run, IsOperation: true),
        new("Options", Options.Run, IsOperation: true),
        new("Trust", Trust.Run, IsOperation: true),
        new("Grown", Growth.Report, IsOperation: true),
    ];

    /// <summary>Runs them.</summary>
    public static ReconcilePlan Plan(ObservedCluster observed)
    {
        var results = new List<(Step, StepResult)>();
        foreach (Step step in Steps)
        {
            StepResult result = step.Run(observed);
            results.Add((step, result));
            if (result is not StepResult.Done)
            {
                break;
            }
        }

        return new ReconcilePlan(results);
    }
}

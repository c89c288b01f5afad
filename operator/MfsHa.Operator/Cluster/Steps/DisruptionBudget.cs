using k8s.Models;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>Machines may be drained of one node at a time.</summary>
public static class DisruptionBudget
{
    /// <summary>Done, with the budget where it differs.</summary>
    public static StepResult Run(ObservedCluster observed) => StepResult.Go([.. Desired.Ensure(observed, observed.DisruptionBudgets, new V1PodDisruptionBudget
    {
        Metadata = Desired.Metadata(observed.Cluster, observed.Names.Nodes),
        Spec = new V1PodDisruptionBudgetSpec { MaxUnavailable = 1, Selector = new V1LabelSelector { MatchLabels = observed.Names.Selector } },
    })]);
}

using k8s.Models;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>The stateful set.</summary>
public static class Nodes
{
    /// <summary>Done, with the stateful set where it differs; later steps wait for the controller manager to have seen it.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        if (observed.StatefulSet?.Metadata.DeletionTimestamp is not null)
        {
            return StepResult.WaitFor("waiting until the stateful set is gone");
        }

        var apply = Desired.Ensure(observed, ApiResource.Of<V1StatefulSet>(), StatefulSetRenderer.Render(observed)).ToArray();
        return apply.Length > 0 || observed.StatefulSet is not { } set || set.Status?.ObservedGeneration is not { } seen || seen < set.Metadata.Generation
            ? StepResult.WaitFor("waiting for the stateful set's controller", apply)
            : StepResult.Go();
    }
}

using k8s.Models;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>While an MfsHaRestore replaces the data of all nodes none of them runs (<see cref="ObservedCluster.PodCount"/> is 0). That one says when they may start again.</summary>
public static class Restore
{
    /// <summary>Done when no restore wants the nodes stopped.</summary>
    public static StepResult Run(ObservedCluster observed) =>
        observed.Restore is { } restore && RestorePhase.StopsNodes(restore)
            ? StepResult.WaitFor(
                $"MfsHaRestore {restore.Metadata.Name} replaces the data of all nodes: {restore.Status!.Message}",
                [.. observed.StatefulSet?.Metadata.DeletionTimestamp is not null ? [] : Desired.Ensure(observed, ApiResource.Of<V1StatefulSet>(), StatefulSetRenderer.Render(observed))])
            : StepResult.Go();
}

using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>Nodes form a cluster by themselves, when all of them are there. Here it is only waited for.</summary>
public static class Form
{
    /// <summary>Done when the cluster says who its members are.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        // A pod that cannot even start is the next step's business: a better image may be there already.
        if (observed.IsFormed || observed.Pods.Any(p => PodState.IsStuck(p) && PodState.IsOutdated(p, observed.StatefulSet!)))
        {
            return StepResult.Go();
        }

        // Nodes that have lost their volumes wait for one that has not.
        if (LostVolumes.RemedyOf(observed) is { } remedy)
        {
            return StepResult.WaitFor(remedy);
        }

        return StepResult.WaitFor(observed.Nodes is null ? "waiting for a node that answers" : "waiting for the nodes to form the cluster");
    }
}

using System.Globalization;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>Nodes that are wanted and are not yet members of all groups become so, one after the other, while all others are whole.</summary>
public static class Join
{
    /// <summary>Done when all are members and whole.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        if (observed.Nodes is not { } status)
        {
            return StepResult.WaitFor("waiting for a node that answers");
        }

        foreach (int node in Enumerable.Range(1, observed.Cluster.Spec.Replicas).Except(observed.FullMembers))
        {
            // The others know nothing of it yet: only its pod tells that it is there.
            if (observed.PodOf(node) is not { } pod || !PodState.IsStarted(pod))
            {
                return StepResult.WaitFor(string.Create(CultureInfo.InvariantCulture, $"node {node} joins when its pod has started"));
            }

            return Wholeness.FlawOf(status) is { } flaw
                ? StepResult.WaitFor(string.Create(CultureInfo.InvariantCulture, $"node {node} joins when the cluster is whole: {flaw}"))
                : StepResult.WaitFor(
                    string.Create(CultureInfo.InvariantCulture, $"node {node} joins the cluster"),
                    new ClusterAction.AddNode(node, observed.Names.Host(node), Ports.Nodes));
        }

        return StepResult.Go();
    }
}

using System.Globalization;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>
/// Nodes above the wanted number: one after the other gives its leaders away and stops being a member, the last one first, and only while all others are whole.
/// Their pods go when they are members no more (<see cref="ObservedCluster.PodCount"/>).
/// </summary>
public static class Leave
{
    /// <summary>Done, or the node that leaves.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        int last = observed.Members.DefaultIfEmpty().Max();
        if (!observed.IsFormed || last <= observed.Cluster.Spec.Replicas)
        {
            return StepResult.Go();
        }

        return Wholeness.FlawOf(observed.Nodes) is { } flaw
            ? StepResult.WaitFor(string.Create(CultureInfo.InvariantCulture, $"node {last} leaves when the cluster is whole: {flaw}"))
            : StepResult.WaitFor(
                string.Create(CultureInfo.InvariantCulture, $"node {last} leaves the cluster"),
                new ClusterAction.MoveLeaders(last),
                new ClusterAction.RemoveNode(last, "there are more nodes than are wanted"));
    }
}

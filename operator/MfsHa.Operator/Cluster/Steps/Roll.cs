using System.Globalization;
using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>
/// A new image or configuration: one pod at a time, only while every group is whole, leaders away first, the node with the most leaders last. A pod that cannot start is
/// replaced at once: nothing is lost with it.
/// </summary>
public static class Roll
{
    /// <summary>Done when all pods are of the present template.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        V1StatefulSet set = observed.StatefulSet!;
        V1Pod[] outdated = [.. observed.Pods.Where(p => PodState.IsOutdated(p, set))];
        if (outdated.Length == 0)
        {
            return StepResult.Go();
        }

        string progress = string.Create(CultureInfo.InvariantCulture, $"{observed.Pods.Count - outdated.Length} of {observed.Pods.Count} pods are up to date");
        if (outdated.FirstOrDefault(PodState.IsStuck) is { } stuck)
        {
            return StepResult.WaitFor($"{progress}; {stuck.Metadata.Name} could not start and is replaced", Delete(stuck));
        }

        if (outdated.FirstOrDefault(static p => p.Metadata.DeletionTimestamp is not null) is { } going)
        {
            return StepResult.WaitFor($"{progress}; waiting for {going.Metadata.Name}");
        }

        if (observed.Members.FirstOrDefault(n => observed.PodOf(n) is not { } pod || !PodState.IsReady(pod)) is > 0 and int unready)
        {
            return StepResult.WaitFor($"{progress}; waiting for {observed.Names.Pod(unready)} to be ready");
        }

        if (Wholeness.FlawOf(observed.Nodes) is { } flaw)
        {
            return StepResult.WaitFor($"{progress}; the next one is replaced when the cluster is whole: {flaw}");
        }

        (V1Pod next, int node) = outdated
            .Select(p => (Pod: p, Node: observed.Names.NodeOf(p.Metadata.Name) ?? 0))
            .OrderBy(p => Wholeness.LeadershipsOf(observed.Nodes!, p.Node))
            .ThenByDescending(static p => p.Node)
            .First();
        ClusterAction[] actions = Wholeness.LeadershipsOf(observed.Nodes!, node) > 0 && observed.Members.Count > 1
            ? [new ClusterAction.MoveLeaders(node), Delete(next)]
            : [Delete(next)];
        return StepResult.WaitFor($"{progress}; {next.Metadata.Name} is replaced", actions);
    }

    private static ClusterAction.DeletePod Delete(V1Pod pod) => new(pod.Metadata.Name, pod.Metadata.Uid, "it is not of the present image or configuration");
}

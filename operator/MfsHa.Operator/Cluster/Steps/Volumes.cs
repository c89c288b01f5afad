using System.Globalization;
using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>
/// Volumes of nodes that were removed. They go, or stay as the specification says; but no node is started on one: it holds the state of a member that was removed.
/// </summary>
public static class Volumes
{
    /// <summary>Done, or what is in the way.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        // Without a cluster that says who its members are nothing is known to be left over: a new cluster goes on with the volumes of an old one of its name.
        // And what a restore has set aside on a volume stays at least until the restore is over.
        if (!observed.IsFormed || observed.StatefulSet is not { } set || observed.Restore is not null)
        {
            return StepResult.Go();
        }

        int pods = Math.Max(set.Spec.Replicas ?? 0, observed.Pods.Select(p => observed.Names.NodeOf(p.Metadata.Name) ?? 0).DefaultIfEmpty().Max());
        V1PersistentVolumeClaim[] left = [.. observed.Claims.Where(c => observed.Names.NodeOf(c.Metadata.Name) is { } node && node > pods && !observed.Members.Contains(node))];
        if (left.Length == 0)
        {
            return StepResult.Go();
        }

        if (observed.Cluster.Spec.Storage.RetentionPolicy == "Delete")
        {
            ClusterAction[] deletions =
            [
                .. left.Where(static c => c.Metadata.DeletionTimestamp is null).Select(static c => new ClusterAction.DeleteClaim(c.Metadata.Name, c.Metadata.Uid, "its node was removed")),
            ];
            return left.Any(c => observed.Names.NodeOf(c.Metadata.Name) <= observed.PodCount)
                ? StepResult.WaitFor($"waiting until claim {left[0].Metadata.Name} of a removed node is gone", deletions)
                : StepResult.Go(deletions);
        }

        string[] blocked = [.. left.Where(c => observed.Names.NodeOf(c.Metadata.Name) <= observed.PodCount).Select(static c => c.Metadata.Name)];
        return blocked.Length == 0
            ? StepResult.Go()
            : StepResult.Fail(string.Create(
                CultureInfo.InvariantCulture, $"the volume of a removed node was kept (spec.storage.retentionPolicy: Retain) and cannot be used again: delete claim {string.Join(", ", blocked)}"));
    }
}

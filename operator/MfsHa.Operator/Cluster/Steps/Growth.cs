using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>
/// A larger <c>spec.storage.size</c>: the claims of all nodes ask for it, where their storage classes let them, whatever state the nodes are in: a full disk may be the reason. The stateful set's template of claims cannot
/// be changed, so the set is deleted without its pods and made anew; that is only done while nothing else is under way, because while there is no set nobody makes a pod that goes.
/// </summary>
public static class Growth
{
    private const string Storage = "storage";

    /// <summary>Done, with the claims that are to grow; or the stateful set is about to be made anew.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        if (observed.StatefulSet is not { } set)
        {
            return StepResult.Go();
        }

        if (set.Metadata.DeletionTimestamp is not null)
        {
            return StepResult.WaitFor("waiting until the stateful set is gone; its pods stay");
        }

        V1PersistentVolumeClaim[] small = [.. Small(observed)];
        return small.Length > 0 ? StepResult.Go([.. small.Where(c => WhyNot(observed, c) is null).Select(c => new ClusterAction.GrowClaim(c.Metadata.Name, observed.Cluster.Spec.Storage.Size))])
            : TemplateSize(set) is { } size && size.ToDecimal() != Wanted(observed) && IsCalm(observed, set)
                ? StepResult.WaitFor($"the stateful set is made anew for volumes of {observed.Cluster.Spec.Storage.Size}", new ClusterAction.OrphanStatefulSet(set.Metadata.Name, set.Metadata.Uid))
            : StepResult.Go();
    }

    /// <summary>The last step, which holds up nothing else: says what volumes wait for, or why they cannot have the wanted size.</summary>
    public static StepResult Report(ObservedCluster observed)
    {
        string wanted = observed.Cluster.Spec.Storage.Size;
        if (observed.StatefulSet is null)
        {
            return StepResult.Go();
        }

        if (Small(observed).Select(c => (Claim: c, Flaw: WhyNot(observed, c))).FirstOrDefault(static c => c.Flaw is not null) is { Flaw: { } flaw } stuck)
        {
            return StepResult.Fail($"spec.storage.size: claim {stuck.Claim.Metadata.Name} has {stuck.Claim.Spec.Resources.Requests[Storage]}, found {wanted}: {flaw}");
        }

        return Own(observed).FirstOrDefault(c => c.Status?.Capacity?.TryGetValue(Storage, out ResourceQuantity? size) == true && size.ToDecimal() < Wanted(observed)) is not { } small
            ? StepResult.Go()
            : StepResult.WaitFor(
                $"claim {small.Metadata.Name} has {small.Status.Capacity[Storage]} of {wanted}: "
                + (small.Status.Conditions?.Any(static c => c is { Type: "FileSystemResizePending", Status: "True" }) == true
                    ? "its volume has grown, and its file system does while the pod runs, or with some drivers only when it is started again (MfsHaOperation Restart)"
                    : "its storage driver has to make the volume larger"));
    }

    /// <summary>Why the size cannot be the wanted one at all; null: it can.</summary>
    public static string? FlawOf(ObservedCluster observed) =>
        observed.StatefulSet is { } set && TemplateSize(set) is { } size && size.ToDecimal() > Wanted(observed) && Own(observed).Any(c => RequestOf(c)?.ToDecimal() > Wanted(observed))
            ? $"spec.storage.size: the volumes have {size}, found {observed.Cluster.Spec.Storage.Size}: volumes do not shrink"
            : null;

    /// <summary>Some claim is to grow: its storage class has to be looked at.</summary>
    public static bool IsWanted(ObservedCluster observed) => observed.StatefulSet is not null && Small(observed).Any();

    private static string? WhyNot(ObservedCluster observed, V1PersistentVolumeClaim claim)
    {
        string? name = claim.Spec.StorageClassName;
        return string.IsNullOrEmpty(name) ? "it is of no storage class, so nobody makes it larger"
            : observed.StorageClasses.FirstOrDefault(c => c.Metadata.Name == name) is not { } storageClass ? $"its storage class {name} is not there, so nobody makes it larger"
            : storageClass.AllowVolumeExpansion != true ? $"its storage class {name} does not let volumes grow (allowVolumeExpansion)"
            : null;
    }

    private static IEnumerable<V1PersistentVolumeClaim> Small(ObservedCluster observed) => Own(observed).Where(c => c.Metadata.DeletionTimestamp is null && RequestOf(c)?.ToDecimal() < Wanted(observed));

    // Those of removed nodes that were kept stay as they are.
    private static IEnumerable<V1PersistentVolumeClaim> Own(ObservedCluster observed)
    {
        int most = Math.Max(observed.PodCount, observed.Cluster.Spec.Replicas);
        return observed.Claims.Where(c => observed.Names.NodeOf(c.Metadata.Name) is { } node && node <= most);
    }

    private static decimal Wanted(ObservedCluster observed) => new ResourceQuantity(observed.Cluster.Spec.Storage.Size).ToDecimal();

    private static ResourceQuantity? RequestOf(V1PersistentVolumeClaim claim) =>
        claim.Spec?.Resources?.Requests?.TryGetValue(Storage, out ResourceQuantity? size) == true ? size : null;

    private static ResourceQuantity? TemplateSize(V1StatefulSet set) => set.Spec.VolumeClaimTemplates is [{ } claim, ..] ? RequestOf(claim) : null;

    private static bool IsCalm(ObservedCluster observed, V1StatefulSet set) =>
        observed.Restore is null
        && set.Status?.ObservedGeneration >= set.Metadata.Generation
        && set.Spec.Replicas == observed.Cluster.Spec.Replicas
        && observed.Pods.Count == set.Spec.Replicas
        && observed.Pods.All(p => PodState.IsReady(p) && !PodState.IsOutdated(p, set))
        && observed.FullMembers.SequenceEqual(Enumerable.Range(1, observed.Cluster.Spec.Replicas))
        && observed.Members.Count == observed.Cluster.Spec.Replicas
        && Wholeness.FlawOf(observed.Nodes) is null;
}

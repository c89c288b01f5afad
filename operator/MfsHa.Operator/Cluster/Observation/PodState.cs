using k8s.Models;

namespace MfsHa.Operator.Cluster.Observation;

/// <summary>What the status of a pod means.</summary>
public static class PodState
{
    private const string RevisionLabel = "controller-revision-hash";

    /// <summary>It is ready, and not about to go.</summary>
    public static bool IsReady(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is null && (pod.Status?.Conditions?.Any(static c => c is { Type: "Ready", Status: "True" }) ?? false);

    /// <summary>Its process runs and answers its startup probe.</summary>
    public static bool IsStarted(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is null && pod.Status?.ContainerStatuses is { Count: > 0 } containers && containers.All(static c => c.Started == true);

    /// <summary>None of its containers runs, and kubelet waits: there is no such image, or the program ends again and again.</summary>
    public static bool IsStuck(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is null && pod.Status?.ContainerStatuses is { Count: > 0 } containers
        && containers.All(static c => c.State?.Waiting?.Reason is "ImagePullBackOff" or "ErrImagePull" or "InvalidImageName" or "CrashLoopBackOff" or "CreateContainerConfigError");

    /// <summary>It was not made from the stateful set's present template.</summary>
    public static bool IsOutdated(V1Pod pod, V1StatefulSet set) =>
        set.Status?.UpdateRevision is { } revision && pod.Metadata.Labels?.TryGetValue(RevisionLabel, out string? own) == true && own != revision;
}

using k8s.Models;
using MfsHa.Operator.Sdk.Attributes;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Entities;

/// <summary>A metadata cluster for MooseFS: the one resource that a user has to know.</summary>
[KubernetesEntity(Group = "mfsha.io", ApiVersion = "v1", Kind = "MfsHaCluster", PluralName = "mfshaclusters")]
[KubernetesEntityShortNames("mfsha", "mfshac")]
[ScaleSubresource(".spec.replicas", ".status.replicas", ".status.selector")]
[GenericAdditionalPrinterColumn(".status.readyReplicas", "Ready", "integer")]
[GenericAdditionalPrinterColumn(".spec.replicas", "Desired", "integer")]
[GenericAdditionalPrinterColumn(".status.leaders", "Leaders", "string")]
[GenericAdditionalPrinterColumn(".status.quorum", "Quorum", "string")]
[GenericAdditionalPrinterColumn(".status.version", "Version", "string")]
[GenericAdditionalPrinterColumn(".status.phase", "Phase", "string")]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[GenericAdditionalPrinterColumn(".status.message", "Message", "string", Priority = 1)]
[Description("A cluster of mfsha nodes: the replicated metadata server of a MooseFS file system.")]
public sealed class V1MfsHaCluster : CustomKubernetesEntity<MfsHaClusterSpec, MfsHaClusterStatus>
{
    /// <summary>On the object: "true" makes the operator look and report only.</summary>
    public const string PausedAnnotation = "mfsha.io/paused";

    /// <summary>On the object: another value than that of the last rotation makes the operator replace its CA.</summary>
    public const string RotateAuthorityAnnotation = "mfsha.io/rotate-authority";

    /// <summary>On the object and on its pods: another value than that of a pod makes it start again, one after the other.</summary>
    public const string RestartedAnnotation = "mfsha.io/restarted";
}

using k8s.Models;
using MfsHa.Operator.Sdk.Attributes;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Entities;

/// <summary>One-time work on a cluster, done once and kept as a record.</summary>
[KubernetesEntity(Group = "mfsha.io", ApiVersion = "v1", Kind = "MfsHaOperation", PluralName = "mfshaoperations")]
[KubernetesEntityShortNames("mfshaop")]
[GenericAdditionalPrinterColumn(".spec.cluster", "Cluster", "string")]
[GenericAdditionalPrinterColumn(".spec.type", "Type", "string")]
[GenericAdditionalPrinterColumn(".spec.node", "Node", "integer")]
[GenericAdditionalPrinterColumn(".status.phase", "Phase", "string")]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[GenericAdditionalPrinterColumn(".status.message", "Message", "string", Priority = 1)]
[Description("One-time work on a cluster. Its specification counts once.")]
public sealed class V1MfsHaOperation : CustomKubernetesEntity<MfsHaOperationSpec, MfsHaOperationStatus>;

using k8s.Models;
using MfsHa.Operator.Sdk.Attributes;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Entities;

/// <summary>One backup, made and verified by a Job. The file stays when the object goes.</summary>
[KubernetesEntity(Group = "mfsha.io", ApiVersion = "v1", Kind = "MfsHaBackup", PluralName = "mfshabackups")]
[KubernetesEntityShortNames("mfshab")]
[MaxNameLength(50)]
[GenericAdditionalPrinterColumn(".spec.cluster", "Cluster", "string")]
[GenericAdditionalPrinterColumn(".status.phase", "Phase", "string")]
[GenericAdditionalPrinterColumn(".status.sizeBytes", "Size", "integer")]
[GenericAdditionalPrinterColumn(".status.durationSeconds", "Seconds", "integer")]
[GenericAdditionalPrinterColumn(".status.path", "Path", "string")]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[GenericAdditionalPrinterColumn(".status.message", "Message", "string", Priority = 1)]
[Description("One backup of a cluster's metadata: made, verified, and kept until a person deletes the file.")]
public sealed class V1MfsHaBackup : CustomKubernetesEntity<MfsHaBackupSpec, MfsHaBackupStatus>;

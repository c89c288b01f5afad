using k8s.Models;
using MfsHa.Operator.Sdk.Attributes;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Entities;

/// <summary>Backups by the clock: a CronJob whose Job makes, verifies and prunes them.</summary>
[KubernetesEntity(Group = "mfsha.io", ApiVersion = "v1", Kind = "MfsHaScheduledBackup", PluralName = "mfshascheduledbackups")]
[KubernetesEntityShortNames("mfshasb")]
[MaxNameLength(50)]
[GenericAdditionalPrinterColumn(".spec.cluster", "Cluster", "string")]
[GenericAdditionalPrinterColumn(".spec.schedule", "Schedule", "string")]
[GenericAdditionalPrinterColumn(".status.lastSuccessTime", "Last", "date")]
[GenericAdditionalPrinterColumn(".status.lastSizeBytes", "Size", "integer")]
[GenericAdditionalPrinterColumn(".status.conditions[?(@.type==\"BackupHealthy\")].status", "Healthy", "string")]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[Description("Backups of a cluster's metadata by the clock, with retention.")]
public sealed class V1MfsHaScheduledBackup : CustomKubernetesEntity<MfsHaScheduledBackupSpec, MfsHaScheduledBackupStatus>;

using k8s.Models;
using MfsHa.Operator.Sdk.Attributes;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Entities;

/// <summary>A cluster's metadata are replaced by those of a backup, in place. What there was stays beside it on the volumes.</summary>
[KubernetesEntity(Group = "mfsha.io", ApiVersion = "v1", Kind = "MfsHaRestore", PluralName = "mfsharestores")]
[KubernetesEntityShortNames("mfshar")]
[MaxNameLength(40)]
[GenericAdditionalPrinterColumn(".spec.cluster", "Cluster", "string")]
[GenericAdditionalPrinterColumn(".status.phase", "Phase", "string")]
[GenericAdditionalPrinterColumn(".status.source.path", "Backup", "string")]
[GenericAdditionalPrinterColumn(".status.former", "Former", "string")]
[GenericAdditionalPrinterColumn(".metadata.creationTimestamp", "Age", "date")]
[GenericAdditionalPrinterColumn(".status.message", "Message", "string", Priority = 1)]
[Description("A cluster's metadata are replaced by those of a backup, in place. All nodes stop meanwhile. What there was is kept on the volumes. Its specification counts once.")]
public sealed class V1MfsHaRestore : CustomKubernetesEntity<MfsHaRestoreSpec, MfsHaRestoreStatus>
{
    /// <summary>Keeps the object until no volume is half replaced.</summary>
    public const string Finalizer = "mfsha.io/restore";
}

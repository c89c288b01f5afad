using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>The volume of each node.</summary>
public sealed class StorageSpec
{
    /// <summary>Size of each.</summary>
    [JsonPropertyName("size")]
    [DefaultValue("10Gi")]
    [Pattern("^[1-9][0-9]*(Mi|Gi|Ti|M|G|T)$")]
    [Description("Size of each node's volume, such as 20Gi; may be raised later, where the storage class lets volumes grow (allowVolumeExpansion), and never lowered.")]
    public string Size { get; set; } = "10Gi";

    /// <summary>Class; null: the default one.</summary>
    [JsonPropertyName("storageClassName")]
    [Length(1, 253)]
    [Description("Storage class; left out: the default one. Its fsync must be honest.")]
    public string? StorageClassName { get; set; }

    /// <summary>Retain or Delete.</summary>
    [JsonPropertyName("retentionPolicy")]
    [DefaultValue("Delete")]
    [EnumValues("Retain", "Delete")]
    [Description("What happens to the volume of a node that was removed by scaling down. A volume that was kept has to be deleted by hand before its number is used again.")]
    public string RetentionPolicy { get; set; } = "Delete";
}

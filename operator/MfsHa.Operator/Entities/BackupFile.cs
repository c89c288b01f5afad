using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>A file on a volume.</summary>
public sealed class BackupFile
{
    /// <summary>PersistentVolumeClaim that it is on, of the same namespace.</summary>
    [JsonPropertyName("claimName")]
    [Required]
    [Length(1, 253)]
    [Description("PersistentVolumeClaim that it is on, of the same namespace.")]
    public string ClaimName { get; set; } = "";

    /// <summary>Path below the root of the volume, such as mfsmaster/mfsmaster-20261130T020000Z.mfs.</summary>
    [JsonPropertyName("path")]
    [Required]
    [Length(1, 1024)]
    [Description("Path below the root of the volume, such as mfsmaster/mfsmaster-20261130T020000Z.mfs.")]
    public string Path { get; set; } = "";
}

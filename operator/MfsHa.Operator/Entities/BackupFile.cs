using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>A file on a volume, or an object of a store: claimName or s3.</summary>
public sealed class BackupFile
{
    /// <summary>PersistentVolumeClaim that it is on, of the same namespace.</summary>
    [JsonPropertyName("claimName")]
    [Length(1, 253)]
    [Description("PersistentVolumeClaim that it is on, of the same namespace. One of claimName and s3 has to be given.")]
    public string? ClaimName { get; set; }

    /// <summary>The store that it is in.</summary>
    [JsonPropertyName("s3")]
    [Description("Object store that it is in. Only backups: what it is has to be told by a manifest.")]
    public ObjectStoreSpec? S3 { get; set; }

    /// <summary>Path below the root of the volume, or below the prefix, such as mfsmaster/mfsmaster-20261130T020000Z.mfs.</summary>
    [JsonPropertyName("path")]
    [Required]
    [Length(1, 1024)]
    [Description("Path below the root of the volume, or below the prefix, such as mfsmaster/mfsmaster-20261130T020000Z.mfs.")]
    public string Path { get; set; } = "";
}

using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>Where backups go: claimName or s3.</summary>
public sealed class BackupTarget
{
    /// <summary>PersistentVolumeClaim of the same namespace; not one of the nodes.</summary>
    [JsonPropertyName("claimName")]
    [Length(1, 253)]
    [Description("PersistentVolumeClaim of the same namespace; not one of the nodes. One of claimName and s3 has to be given.")]
    public string? ClaimName { get; set; }

    /// <summary>An object store.</summary>
    [JsonPropertyName("s3")]
    [Description("An object store that speaks S3. A Job needs room for one backup on its machine meanwhile.")]
    public ObjectStoreSpec? S3 { get; set; }

    /// <summary>Directory there; left out: the name of the cluster.</summary>
    [JsonPropertyName("directory")]
    [Length(1, 255)]
    [Pattern("^[A-Za-z0-9][-A-Za-z0-9_.]*$")]
    [Description("Directory there; left out: the name of the cluster.")]
    public string? Directory { get; set; }
}

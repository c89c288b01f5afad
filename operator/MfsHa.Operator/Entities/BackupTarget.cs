using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>Where backups go.</summary>
public sealed class BackupTarget
{
    /// <summary>PersistentVolumeClaim of the same namespace; not one of the nodes.</summary>
    [JsonPropertyName("claimName")]
    [Required]
    [Length(1, 253)]
    [Description("PersistentVolumeClaim of the same namespace; not one of the nodes.")]
    public string ClaimName { get; set; } = "";

    /// <summary>Directory on it; left out: the name of the cluster.</summary>
    [JsonPropertyName("directory")]
    [Length(1, 255)]
    [Pattern("^[A-Za-z0-9][-A-Za-z0-9_.]*$")]
    [Description("Directory on it; left out: the name of the cluster.")]
    public string? Directory { get; set; }
}

using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>One backup.</summary>
public sealed class MfsHaBackupSpec
{
    /// <summary>MfsHaCluster of the same namespace.</summary>
    [JsonPropertyName("cluster")]
    [Required]
    [Length(1, 40)]
    [Description("MfsHaCluster of the same namespace.")]
    public string Cluster { get; set; } = "";

    /// <summary>Where it goes.</summary>
    [JsonPropertyName("target")]
    [Required]
    [Description("Where it goes.")]
    public BackupTarget Target { get; set; } = new();
}

using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>One-time work.</summary>
public sealed class MfsHaOperationSpec
{
    /// <summary>MfsHaCluster of the same namespace.</summary>
    [JsonPropertyName("cluster")]
    [Required]
    [Length(1, 40)]
    [Description("MfsHaCluster of the same namespace.")]
    public string Cluster { get; set; } = "";

    /// <summary>Switchover: a node gives its leaders away. Rebalance: leaders are spread. ReplaceNode: a node gets a new, empty volume and copies everything. Restart: one node, or all one after the other. Verify: checksums of all replicas are compared. ReleaseDeletions: after a restore chunks may be deleted again. RotateAuthority: the CA that the operator has made is replaced.</summary>
    [JsonPropertyName("type")]
    [Required]
    [EnumValues("Switchover", "Rebalance", "ReplaceNode", "Restart", "Verify", "ReleaseDeletions", "RotateAuthority")]
    [Description("Switchover: a node gives its leaders away. Rebalance: leaders are spread. ReplaceNode: a node gets a new, empty volume and copies everything. Restart: one node, or all one after the other. Verify: checksums of all replicas are compared. ReleaseDeletions: after a restore chunks may be deleted again. RotateAuthority: the CA that the operator has made is replaced.")]
    public string Type { get; set; } = "";

    /// <summary>The node (pod ordinal plus one) of Switchover and ReplaceNode; of Restart where not all are meant.</summary>
    [JsonPropertyName("node")]
    [RangeMinimum(1)]
    [RangeMaximum(65535)]
    [Description("The node (pod ordinal plus one) of Switchover and ReplaceNode; of Restart where not all are meant.")]
    public int? Node { get; set; }
}

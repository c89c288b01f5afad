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

    /// <summary>Switchover: a node gives its leaders away. Rebalance: nodes get their share of the replicas, and leaders are spread. ReplaceNode: a node gets a new, empty volume and copies everything. Restart: one node, or all one after the other. Verify: checksums of all replicas are compared. ReleaseDeletions: after a restore chunks may be deleted again. RotateAuthority: the CA that the operator has made is replaced. RecoverQuorum: when a majority is lost for good, the cluster goes on with the named nodes, and all others are given up and replaced.</summary>
    [JsonPropertyName("type")]
    [Required]
    [EnumValues("Switchover", "Rebalance", "ReplaceNode", "Restart", "Verify", "ReleaseDeletions", "RotateAuthority", "RecoverQuorum")]
    [Description("Switchover: a node gives its leaders away. Rebalance: nodes get their share of the replicas, and leaders are spread. ReplaceNode: a node gets a new, empty volume and copies everything. Restart: one node, or all one after the other. Verify: checksums of all replicas are compared. ReleaseDeletions: after a restore chunks may be deleted again. RotateAuthority: the CA that the operator has made is replaced. RecoverQuorum: when a majority is lost for good, the cluster goes on with the named nodes, and all others are given up and replaced.")]
    public string Type { get; set; } = "";

    /// <summary>The node (pod ordinal plus one) of Switchover and ReplaceNode; of Restart where not all are meant.</summary>
    [JsonPropertyName("node")]
    [RangeMinimum(1)]
    [RangeMaximum(65535)]
    [Description("The node (pod ordinal plus one) of Switchover and ReplaceNode; of Restart where not all are meant.")]
    public int? Node { get; set; }

    /// <summary>RecoverQuorum: all nodes that still have their disks.</summary>
    [JsonPropertyName("nodes")]
    [Description("RecoverQuorum: all nodes (pod ordinal plus one) that still have their disks. The cluster goes on with what they have.")]
    public IList<int>? Nodes { get; set; }

    /// <summary>RecoverQuorum: the cluster's name again.</summary>
    [JsonPropertyName("confirm")]
    [Length(1, 40)]
    [Description("RecoverQuorum: the cluster's name again. What only the other nodes had acknowledged is lost, and their volumes are deleted.")]
    public string? Confirm { get; set; }
}

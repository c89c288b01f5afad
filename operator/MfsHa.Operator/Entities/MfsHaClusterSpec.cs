using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>What a cluster should be.</summary>
public sealed class MfsHaClusterSpec
{
    /// <summary>Nodes that there should be.</summary>
    [JsonPropertyName("replicas")]
    [DefaultValue(3)]
    [EnumValues(1, 3, 5, 7)]
    [Description("Nodes: 1, 3, 5 or 7. Three survive the loss of one, five the loss of two.")]
    public int Replicas { get; set; } = 3;

    /// <summary>Image of the nodes; null: the operator's default.</summary>
    [JsonPropertyName("image")]
    [Length(1, 512)]
    [Description("Image of the nodes. Left out: the one that belongs to the operator. A change is rolled out one pod at a time.")]
    public string? Image { get; set; }

    /// <summary>As in pods.</summary>
    [JsonPropertyName("imagePullPolicy")]
    [EnumValues("Always", "IfNotPresent", "Never")]
    [Description("As in pods.")]
    public string? ImagePullPolicy { get; set; }

    /// <summary>Shards of the namespace.</summary>
    [JsonPropertyName("shards")]
    [DefaultValue(1)]
    [RangeMinimum(1)]
    [RangeMaximum(64)]
    [Description("Shards of the namespace (HA_SHARD_COUNT); fixed when the cluster is created.")]
    public int Shards { get; set; } = 1;

    /// <summary>mfsexports.cfg.</summary>
    [JsonPropertyName("exports")]
    [Length(1, 262144)]
    [Description("Content of mfsexports.cfg. Left out: everybody may mount everything: \"* / rw,alldirs,admin,maproot=0:0\".")]
    public string? Exports { get; set; }

    /// <summary>More keys of mfsha.cfg.</summary>
    [JsonPropertyName("config")]
    [Length(0, 4096)]
    [Description("Keys of mfsha.cfg with their values (docs/configuration.md); those that say who and where nodes are belong to the operator. Keys that nodes can change while they run are set at once, others are rolled out one pod at a time.")]
    public IDictionary<string, string>? Config { get; set; }

    /// <summary>Volumes.</summary>
    [JsonPropertyName("storage")]
    [Description("The volume of each node.")]
    public StorageSpec Storage { get; set; } = new();

    /// <summary>Of the nodes' containers.</summary>
    [JsonPropertyName("resources")]
    [Description("Requests and limits of each node's container.")]
    public ResourcesSpec? Resources { get; set; }

    /// <summary>As in pods.</summary>
    [JsonPropertyName("priorityClassName")]
    [Length(1, 253)]
    [Description("As in pods.")]
    public string? PriorityClassName { get; set; }

    /// <summary>As in pods.</summary>
    [JsonPropertyName("nodeSelector")]
    [Description("As in pods.")]
    public IDictionary<string, string>? NodeSelector { get; set; }

    /// <summary>TLS between nodes.</summary>
    [JsonPropertyName("tls")]
    [Description("TLS between nodes, and to their admin service; decided when the cluster is created. Certificates that change in the Secret are taken over without a restart.")]
    public TlsSpec? Tls { get; set; }

    /// <summary>What a new cluster begins with.</summary>
    [JsonPropertyName("bootstrap")]
    [Description("What a new cluster begins with; left out: nothing. Means nothing once there are nodes.")]
    public BootstrapSpec? Bootstrap { get; set; }

    /// <summary>How nodes are kept apart.</summary>
    [JsonPropertyName("topology")]
    [Description("How nodes are kept apart.")]
    public TopologySpec Topology { get; set; } = new();

    /// <summary>For clients and chunkservers.</summary>
    [JsonPropertyName("service")]
    [Description("The service that clients and chunkservers are pointed to; it has the cluster's name.")]
    public ServiceSpec Service { get; set; } = new();

    /// <summary>Manage or Observe.</summary>
    [JsonPropertyName("reconcilePolicy")]
    [DefaultValue("Manage")]
    [EnumValues("Manage", "Observe")]
    [Description("Manage: the operator does what is needed. Observe: it changes nothing and shows in status.plan what it would do.")]
    public string ReconcilePolicy { get; set; } = "Manage";

    /// <summary>Retain or Delete.</summary>
    [JsonPropertyName("deletionPolicy")]
    [DefaultValue("Retain")]
    [EnumValues("Retain", "Delete")]
    [Description("What happens to the volumes when the cluster is deleted. A cluster of the same name goes on with volumes that were kept.")]
    public string DeletionPolicy { get; set; } = "Retain";
}

using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>What a cluster is. Nothing in it changes while the cluster does not: no counters, no times of last looks.</summary>
public sealed class MfsHaClusterStatus
{
    /// <summary>Generation of the specification that all this is about.</summary>
    [JsonPropertyName("observedGeneration")]
    [Description("Generation of the specification that the status is about.")]
    public long? ObservedGeneration { get; set; }

    /// <summary>In one word.</summary>
    [JsonPropertyName("phase")]
    [Description("Pending, Forming, Ready, Degraded, Progressing, Restoring, NoQuorum, Rejected, Paused or Deleting.")]
    public string? Phase { get; set; }

    /// <summary>In one sentence.</summary>
    [JsonPropertyName("message")]
    [Description("What the operator waits for, or why it stopped.")]
    public string? Message { get; set; }

    /// <summary>Pods that there are.</summary>
    [JsonPropertyName("replicas")]
    [Description("Pods that there are.")]
    public int? Replicas { get; set; }

    /// <summary>Pods that are ready.</summary>
    [JsonPropertyName("readyReplicas")]
    [Description("Pods that are ready.")]
    public int? ReadyReplicas { get; set; }

    /// <summary>Label selector of the pods.</summary>
    [JsonPropertyName("selector")]
    [Description("Label selector of the pods.")]
    public string? Selector { get; set; }

    /// <summary>Groups with a leader, of all: "2/2".</summary>
    [JsonPropertyName("leaders")]
    [Description("Raft groups that have a leader, of all: the system group and one for each shard.")]
    public string? Leaders { get; set; }

    /// <summary>Members that answer, of all: "3/3".</summary>
    [JsonPropertyName("quorum")]
    [Description("Members that answer, of all members.")]
    public string? Quorum { get; set; }

    /// <summary>Version of the nodes.</summary>
    [JsonPropertyName("version")]
    [Description("Version of mfsha that the nodes run; several while one is rolled out.")]
    public string? Version { get; set; }

    /// <summary>Identity of the metadata, in hexadecimal.</summary>
    [JsonPropertyName("metadataId")]
    [Description("Identity of the metadata (MooseFS's metaid), hexadecimal. Chunkservers with another one do not connect.")]
    public string? MetadataId { get; set; }

    /// <summary>Members of the cluster.</summary>
    [JsonPropertyName("members")]
    [ListMapKey("name")]
    [Description("Members of the cluster.")]
    public IList<MemberStatus>? Members { get; set; }

    /// <summary>What is under way.</summary>
    [JsonPropertyName("operation")]
    [Description("What is under way.")]
    public OperationStatus? Operation { get; set; }

    /// <summary>Keys of spec.config that were set in the running cluster.</summary>
    [JsonPropertyName("options")]
    [Description("Keys of spec.config that are set in the running cluster (mfsha-admin config set) instead of in files.")]
    public IList<string>? Options { get; set; }

    /// <summary>The certificates that the operator makes.</summary>
    [JsonPropertyName("tls")]
    [Description("With spec.tls.mode Operator: the certificates that the operator makes.")]
    public TlsStatus? Tls { get; set; }

    /// <summary>The newest good scheduled backup.</summary>
    [JsonPropertyName("lastBackup")]
    [Description("The newest good backup of a schedule.")]
    public LastBackupStatus? LastBackup { get; set; }

    /// <summary>What would be done, with reconcilePolicy Observe.</summary>
    [JsonPropertyName("plan")]
    [Description("With reconcilePolicy Observe, or paused: what the operator would do now.")]
    public IList<string>? Plan { get; set; }

    /// <summary>Conditions by type.</summary>
    [JsonPropertyName("conditions")]
    [ListMapKey("type")]
    [Description("Available, Progressing, Degraded, QuorumLost, BackupHealthy.")]
    public IList<ConditionStatus>? Conditions { get; set; }
}

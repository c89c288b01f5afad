using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>How far it is.</summary>
public sealed class MfsHaRestoreStatus
{
    /// <summary>In one word.</summary>
    [JsonPropertyName("phase")]
    [Description("Pending, Checking (the backup), Stopping (the nodes), Replacing (their data), Starting, Completed; Reverting and Restarting when it did not work, then Failed.")]
    public string? Phase { get; set; }

    /// <summary>In one sentence.</summary>
    [JsonPropertyName("message")]
    [Description("What it waits for, or what came of it.")]
    public string? Message { get; set; }

    /// <summary>The backup.</summary>
    [JsonPropertyName("source")]
    [Description("The backup.")]
    public BackupFile? Source { get; set; }

    /// <summary>Nodes whose volumes are replaced: 1 to this.</summary>
    [JsonPropertyName("nodes")]
    [Description("Nodes whose volumes are replaced: 1 to this.")]
    public int? Nodes { get; set; }

    /// <summary>Identity of the metadata, which must not change.</summary>
    [JsonPropertyName("metadataId")]
    [Description("Identity of the cluster's metadata. A backup of another one is refused: chunkservers would not connect.")]
    public string? MetadataId { get; set; }

    /// <summary>By what name the former data are kept.</summary>
    [JsonPropertyName("former")]
    [Description("What there was is kept on each node's volume in the directory former-THIS, until a person deletes it. spec.former of another MfsHaRestore puts it back. Nothing after a failure: then it is in its place.")]
    public string? Former { get; set; }

    /// <summary>When it began.</summary>
    [JsonPropertyName("startedAt")]
    [Description("When it began.")]
    public DateTime? StartedAt { get; set; }

    /// <summary>When it was over.</summary>
    [JsonPropertyName("finishedAt")]
    [Description("When it was over.")]
    public DateTime? FinishedAt { get; set; }
}

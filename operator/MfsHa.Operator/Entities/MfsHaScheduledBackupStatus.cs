using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>What became of the last backups.</summary>
public sealed class MfsHaScheduledBackupStatus
{
    /// <summary>When the last good backup was complete.</summary>
    [JsonPropertyName("lastSuccessTime")]
    [Description("When the last good backup was complete.")]
    public DateTime? LastSuccessTime { get; set; }

    /// <summary>Where it is on the volume.</summary>
    [JsonPropertyName("lastPath")]
    [Description("Where it is on the volume.")]
    public string? LastPath { get; set; }

    /// <summary>Length of its metadata.mfs in bytes.</summary>
    [JsonPropertyName("lastSizeBytes")]
    [Description("Length of its metadata.mfs in bytes.")]
    public long? LastSizeBytes { get; set; }

    /// <summary>How long it took to make and to verify it, in seconds.</summary>
    [JsonPropertyName("lastDurationSeconds")]
    [Description("How long it took to make and to verify it, in seconds.")]
    public long? LastDurationSeconds { get; set; }

    /// <summary>When the last one that failed did.</summary>
    [JsonPropertyName("lastFailureTime")]
    [Description("When the last one that failed did.")]
    public DateTime? LastFailureTime { get; set; }

    /// <summary>Why it failed.</summary>
    [JsonPropertyName("lastFailure")]
    [Description("Why it failed.")]
    public string? LastFailure { get; set; }

    /// <summary>BackupHealthy.</summary>
    [JsonPropertyName("conditions")]
    [ListMapKey("type")]
    [Description("BackupHealthy.")]
    public IList<ConditionStatus>? Conditions { get; set; }
}

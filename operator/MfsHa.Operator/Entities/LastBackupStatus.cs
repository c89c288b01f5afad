using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>The newest good backup of a schedule.</summary>
public sealed class LastBackupStatus
{
    /// <summary>Its MfsHaScheduledBackup.</summary>
    [JsonPropertyName("schedule")]
    [Description("Its MfsHaScheduledBackup.")]
    public string? Schedule { get; set; }

    /// <summary>When it was complete.</summary>
    [JsonPropertyName("time")]
    [Description("When it was complete.")]
    public DateTime? Time { get; set; }

    /// <summary>Where it is on the volume.</summary>
    [JsonPropertyName("path")]
    [Description("Where it is on the volume.")]
    public string? Path { get; set; }

    /// <summary>Length of its metadata.mfs in bytes.</summary>
    [JsonPropertyName("sizeBytes")]
    [Description("Length of its metadata.mfs in bytes.")]
    public long? SizeBytes { get; set; }
}

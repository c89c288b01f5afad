using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>What became of a backup.</summary>
public sealed class MfsHaBackupStatus
{
    /// <summary>Pending, Running, Completed or Failed.</summary>
    [JsonPropertyName("phase")]
    [Description("Pending, Running, Completed or Failed.")]
    public string? Phase { get; set; }

    /// <summary>What it waits for, or why it failed.</summary>
    [JsonPropertyName("message")]
    [Description("What it waits for, or why it failed.")]
    public string? Message { get; set; }

    /// <summary>Where the backup is on the volume, or below the prefix.</summary>
    [JsonPropertyName("path")]
    [Description("Where the backup is on the volume, or below the prefix.")]
    public string? Path { get; set; }

    /// <summary>Length of its metadata.mfs in bytes.</summary>
    [JsonPropertyName("sizeBytes")]
    [Description("Length of its metadata.mfs in bytes.")]
    public long? SizeBytes { get; set; }

    /// <summary>How long it took to make and to verify it, in seconds.</summary>
    [JsonPropertyName("durationSeconds")]
    [Description("How long it took to make and to verify it, in seconds.")]
    public long? DurationSeconds { get; set; }

    /// <summary>When it was complete.</summary>
    [JsonPropertyName("completedAt")]
    [Description("When it was complete.")]
    public DateTime? CompletedAt { get; set; }
}

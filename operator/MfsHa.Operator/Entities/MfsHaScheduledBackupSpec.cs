using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>Backups by the clock.</summary>
public sealed class MfsHaScheduledBackupSpec
{
    /// <summary>MfsHaCluster of the same namespace.</summary>
    [JsonPropertyName("cluster")]
    [Required]
    [Length(1, 40)]
    [Description("MfsHaCluster of the same namespace.")]
    public string Cluster { get; set; } = "";

    /// <summary>When, as in CronJobs: minute, hour, day of month, month, day of week.</summary>
    [JsonPropertyName("schedule")]
    [Required]
    [Length(9, 100)]
    [Description("When, as in CronJobs: minute, hour, day of month, month, day of week.")]
    public string Schedule { get; set; } = "";

    /// <summary>Where they go.</summary>
    [JsonPropertyName("target")]
    [Required]
    [Description("Where they go.")]
    public BackupTarget Target { get; set; } = new();

    /// <summary>No more of them for now.</summary>
    [JsonPropertyName("suspend")]
    [DefaultValue(false)]
    [Description("No more of them for now.")]
    public bool Suspend { get; set; }

    /// <summary>How many are kept; the last good one always is.</summary>
    [JsonPropertyName("keep")]
    [DefaultValue(14)]
    [RangeMinimum(1)]
    [RangeMaximum(10000)]
    [Description("How many are kept; the last good one always is.")]
    public int Keep { get; set; } = 14;

    /// <summary>How many days they are kept at most; the last good one always is. Left out: only their number counts.</summary>
    [JsonPropertyName("keepDays")]
    [RangeMinimum(1)]
    [RangeMaximum(36500)]
    [Description("How many days they are kept at most; the last good one always is. Left out: only their number counts.")]
    public int? KeepDays { get; set; }

    /// <summary>After so many hours without a good backup the condition BackupHealthy is False.</summary>
    [JsonPropertyName("staleAfterHours")]
    [DefaultValue(26)]
    [RangeMinimum(1)]
    [RangeMaximum(87600)]
    [Description("After so many hours without a good backup the condition BackupHealthy is False.")]
    public int StaleAfterHours { get; set; } = 26;
}

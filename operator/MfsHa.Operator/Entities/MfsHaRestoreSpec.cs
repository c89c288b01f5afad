using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>What is restored: one of backup, file and former.</summary>
public sealed class MfsHaRestoreSpec
{
    /// <summary>MfsHaCluster of the same namespace.</summary>
    [JsonPropertyName("cluster")]
    [Required]
    [Length(1, 40)]
    [Description("MfsHaCluster of the same namespace.")]
    public string Cluster { get; set; } = "";

    /// <summary>The cluster's name again.</summary>
    [JsonPropertyName("confirm")]
    [Required]
    [Length(1, 40)]
    [Description("The cluster's name again: all nodes stop, and what was written after the backup is not there afterwards.")]
    public string Confirm { get; set; } = "";

    /// <summary>A completed MfsHaBackup of the same namespace.</summary>
    [JsonPropertyName("backup")]
    [Length(1, 253)]
    [Description("A completed MfsHaBackup of the same namespace. One of backup, file and former has to be given.")]
    public string? Backup { get; set; }

    /// <summary>A backup (mfsha-backup, MfsHaScheduledBackup).</summary>
    [JsonPropertyName("file")]
    [Description("A backup on a volume or in an object store (mfsha-backup, the status of an MfsHaScheduledBackup).")]
    public BackupFile? File { get; set; }

    /// <summary>What an earlier restore has kept.</summary>
    [JsonPropertyName("former")]
    [Length(1, 63)]
    [Pattern("^[a-z0-9][-a-z0-9]*$")]
    [Description("status.former of an earlier MfsHaRestore: what that has kept is put back, as it was.")]
    public string? Former { get; set; }
}

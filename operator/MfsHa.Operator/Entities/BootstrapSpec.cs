using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>What a new cluster begins with.</summary>
public sealed class BootstrapSpec
{
    /// <summary>A backup (mfsha-backup, MfsHaBackup). Deletion of chunks is held until an MfsHaOperation ReleaseDeletions.</summary>
    [JsonPropertyName("fromBackup")]
    [Description("A backup (mfsha-backup, MfsHaBackup). Deletion of chunks is held until an MfsHaOperation ReleaseDeletions.")]
    public BackupFile? FromBackup { get; set; }

    /// <summary>The metadata.mfs of a stopped mfsmaster.</summary>
    [JsonPropertyName("fromMetadata")]
    [Description("The metadata.mfs of a stopped mfsmaster.")]
    public BackupFile? FromMetadata { get; set; }
}

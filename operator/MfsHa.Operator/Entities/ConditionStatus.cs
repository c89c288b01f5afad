using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>A condition as Kubernetes writes them.</summary>
public sealed class ConditionStatus
{
    /// <summary>Which one.</summary>
    [JsonPropertyName("type")]
    [Required]
    [Description("Which condition.")]
    public string Type { get; set; } = "";

    /// <summary>True, False or Unknown.</summary>
    [JsonPropertyName("status")]
    [Required]
    [Description("True, False or Unknown.")]
    public string Status { get; set; } = "Unknown";

    /// <summary>Why, in one word.</summary>
    [JsonPropertyName("reason")]
    [Description("Why, in one word.")]
    public string? Reason { get; set; }

    /// <summary>Why, in a sentence.</summary>
    [JsonPropertyName("message")]
    [Description("Why, in a sentence.")]
    public string? Message { get; set; }

    /// <summary>When the status last changed.</summary>
    [JsonPropertyName("lastTransitionTime")]
    [Description("When the status last changed.")]
    public DateTime? LastTransitionTime { get; set; }

    /// <summary>Generation that it is about.</summary>
    [JsonPropertyName("observedGeneration")]
    [Description("Generation of the specification that it is about.")]
    public long? ObservedGeneration { get; set; }
}

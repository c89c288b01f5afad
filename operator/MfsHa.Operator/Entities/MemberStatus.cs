using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>A member of the cluster.</summary>
public sealed class MemberStatus
{
    /// <summary>Its pod.</summary>
    [JsonPropertyName("name")]
    [Required]
    [Description("Its pod.")]
    public string Name { get; set; } = "";

    /// <summary>Its node id.</summary>
    [JsonPropertyName("node")]
    [Description("Its node id: the pod's ordinal plus one.")]
    public int Node { get; set; }

    /// <summary>Ready, Online or Offline.</summary>
    [JsonPropertyName("state")]
    [Description("Ready, Online (it answers and does not serve yet) or Offline.")]
    public string? State { get; set; }

    /// <summary>Uid of the claim of its volume, as it was when it was last whole.</summary>
    [JsonPropertyName("claim")]
    [Description("Uid of the claim of its volume when it was last whole. Another one means that its disk is lost.")]
    public string? Claim { get; set; }
}

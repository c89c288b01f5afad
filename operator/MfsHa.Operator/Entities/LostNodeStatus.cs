using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>A node that is given up, as it was: another one of its number comes in its place.</summary>
public sealed class LostNodeStatus
{
    /// <summary>Its node id.</summary>
    [JsonPropertyName("node")]
    [Description("Its node id: the pod's ordinal plus one.")]
    public int Node { get; set; }

    /// <summary>Incarnation of its data directory.</summary>
    [JsonPropertyName("incarnation")]
    [Description("Tells its data directory from later ones of that number.")]
    public long Incarnation { get; set; }

    /// <summary>Uid of the claim of its volume.</summary>
    [JsonPropertyName("claim")]
    [Description("Uid of the claim of its volume, where that is still there: it is deleted.")]
    public string? Claim { get; set; }
}

using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>How nodes are kept apart.</summary>
public sealed class TopologySpec
{
    /// <summary>Required, Preferred or None.</summary>
    [JsonPropertyName("antiAffinity")]
    [DefaultValue("Preferred")]
    [EnumValues("Required", "Preferred", "None")]
    [Description("Whether two mfsha nodes may share a machine: Required: never; Preferred: only when there is no other.")]
    public string AntiAffinity { get; set; } = "Preferred";

    /// <summary>Label of zones; null: no spread.</summary>
    [JsonPropertyName("spreadKey")]
    [Length(1, 253)]
    [Description("Label of machines over whose values nodes are spread evenly, such as topology.kubernetes.io/zone.")]
    public string? SpreadKey { get; set; }
}

using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>Resources of a container.</summary>
public sealed class ResourcesSpec
{
    /// <summary>What it gets in any case.</summary>
    [JsonPropertyName("requests")]
    [Description("What it gets in any case, such as memory: 2Gi.")]
    public IDictionary<string, string>? Requests { get; set; }

    /// <summary>What it gets at most.</summary>
    [JsonPropertyName("limits")]
    [Description("What it gets at most.")]
    public IDictionary<string, string>? Limits { get; set; }
}

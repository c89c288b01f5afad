using System.Text.Json.Serialization;
using MfsHa.Operator.Sdk.Attributes;

namespace MfsHa.Operator.Entities;

/// <summary>The service for clients and chunkservers.</summary>
public sealed class ServiceSpec
{
    /// <summary>As in services.</summary>
    [JsonPropertyName("type")]
    [DefaultValue("ClusterIP")]
    [EnumValues("ClusterIP", "NodePort", "LoadBalancer")]
    [Description("As in services.")]
    public string Type { get; set; } = "ClusterIP";

    /// <summary>For load balancers.</summary>
    [JsonPropertyName("annotations")]
    [Description("Annotations of the service, as load balancers want them.")]
    public IDictionary<string, string>? Annotations { get; set; }

    /// <summary>One more for each node.</summary>
    [JsonPropertyName("perNode")]
    [DefaultValue(false)]
    [Description("One more service for each node, of the same type and with the same annotations; it has its pod's name. For who wants an address for each node, such as clients outside that are given several.")]
    public bool PerNode { get; set; }
}

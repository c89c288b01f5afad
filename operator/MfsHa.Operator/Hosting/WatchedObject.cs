using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace MfsHa.Operator.Hosting;

/// <summary>Of an object that only wakes the operator up: who it is.</summary>
internal sealed class WatchedObject : IKubernetesObject<V1ObjectMeta>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();
}

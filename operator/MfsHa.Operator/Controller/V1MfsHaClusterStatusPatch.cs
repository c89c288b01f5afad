using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Controller;

/// <summary>A cluster without its specification: what is applied to the status must not mention it.</summary>
internal sealed class V1MfsHaClusterStatusPatch : IKubernetesObject<V1ObjectMeta>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("status")]
    public MfsHaClusterStatus Status { get; set; } = new();
}

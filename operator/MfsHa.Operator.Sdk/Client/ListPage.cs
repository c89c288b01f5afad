using System.Text.Json.Serialization;
using k8s.Models;

namespace MfsHa.Operator.Sdk.Client;

/// <summary>A page of a list as the API server sends it.</summary>
internal sealed class ListPage<T>
{
    [JsonPropertyName("metadata")]
    public V1ListMeta Metadata { get; set; } = new();

    [JsonPropertyName("items")]
    public List<T> Items { get; set; } = [];
}

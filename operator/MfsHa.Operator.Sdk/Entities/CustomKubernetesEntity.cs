using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace MfsHa.Operator.Sdk.Entities;

/// <summary>A resource of a custom kind: what people want, and what is. The kind is named by <see cref="KubernetesEntityAttribute"/> on the class.</summary>
public abstract class CustomKubernetesEntity<TSpec, TStatus> : IKubernetesObject<V1ObjectMeta>, ISpec<TSpec>, IStatus<TStatus?>
    where TSpec : new()
    where TStatus : class
{
    /// <summary>Fills in apiVersion and kind.</summary>
    protected CustomKubernetesEntity()
    {
        ApiResource resource = ApiResource.Of(GetType());
        ApiVersion = resource.ApiVersion;
        Kind = resource.Kind;
    }

    /// <inheritdoc/>
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; }

    /// <inheritdoc/>
    [JsonPropertyName("kind")]
    public string Kind { get; set; }

    /// <inheritdoc/>
    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <inheritdoc/>
    [JsonPropertyName("spec")]
    public TSpec Spec { get; set; } = new();

    /// <inheritdoc/>
    [JsonPropertyName("status")]
    public TStatus? Status { get; set; }
}

using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Controller;

/// <summary>Writes a status only where it differs from the one that is there.</summary>
public static class StatusWriter
{
    /// <summary>Writes it; false: there was nothing to write.</summary>
    public static async Task<bool> WriteAsync<TSpec, TStatus>(IApiClient api, CustomKubernetesEntity<TSpec, TStatus> entity, TStatus status, CancellationToken cancellation)
        where TSpec : new()
        where TStatus : class
    {
        JsonObject next = JsonNode.Parse(KubernetesJson.Serialize(status))!.AsObject();
        JsonObject former = entity.Status is null ? [] : JsonNode.Parse(KubernetesJson.Serialize(entity.Status))!.AsObject();
        if (JsonNode.DeepEquals(next, former))
        {
            return false;
        }

        foreach ((string gone, _) in former.Where(f => !next.ContainsKey(f.Key)).ToArray())
        {
            next[gone] = null;
        }

        await api.MergePatchStatusAsync(ApiResource.Of(entity.GetType()), new ObjectKey(entity.Metadata.NamespaceProperty, entity.Metadata.Name), next, cancellation).ConfigureAwait(false);
        return true;
    }
}

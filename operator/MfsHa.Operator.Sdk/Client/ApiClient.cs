using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Sdk.Client;

/// <summary><see cref="IApiClient"/> over KubernetesClient's calls for custom objects, which take any group and version: those of its models, and those that it no longer knows.</summary>
/// <param name="client">The connection.</param>
/// <param name="fieldManager">Name of this operator in managed fields.</param>
public sealed class ApiClient(IKubernetes client, string fieldManager) : IApiClient
{
    private const int PageSize = 500;

    /// <summary>Most pages of one list.</summary>
    private const int MaxPages = 1000;

    private ICustomObjectsOperations Objects => client.CustomObjects;

    /// <inheritdoc/>
    public async Task<T?> GetAsync<T>(ApiResource resource, ObjectKey key, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await Objects.GetNamespacedCustomObjectAsync<T>(resource.Group, resource.Version, key.Namespace, resource.Plural, key.Name, cancellation).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.IsNotFound())
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<T?> GetAsync<T>(ApiResource resource, string name, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await Objects.GetClusterCustomObjectAsync<T>(resource.Group, resource.Version, resource.Plural, name, cancellation).ConfigureAwait(false);
        }
        catch (HttpOperationException e) when (e.IsNotFound())
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<EntityList<T>> ListAsync<T>(ApiResource resource, string? ns, string? labelSelector, CancellationToken cancellation)
    {
        var items = new List<T>();
        string? next = null;
        for (int page = 0; page < MaxPages; page++)
        {
            ListPage<T> got = ns is null
                ? await Objects.ListClusterCustomObjectAsync<ListPage<T>>(
                    resource.Group, resource.Version, resource.Plural, continueParameter: next, labelSelector: labelSelector, limit: PageSize, cancellationToken: cancellation).ConfigureAwait(false)
                : await Objects.ListNamespacedCustomObjectAsync<ListPage<T>>(
                    resource.Group, resource.Version, ns, resource.Plural, continueParameter: next, labelSelector: labelSelector, limit: PageSize, cancellationToken: cancellation).ConfigureAwait(false);
            items.AddRange(got.Items);
            next = got.Metadata.ContinueProperty;
            if (string.IsNullOrEmpty(next))
            {
                return new EntityList<T>(got.Metadata.ResourceVersion, items);
            }
        }

        throw new InvalidOperationException($"more than {MaxPages * PageSize} {resource}");
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<(WatchEventType Type, T Entity)> WatchAsync<T>(
        ApiResource resource, string? ns, string? labelSelector, string version, TimeSpan limit, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Without onError an ERROR event (410 among them) would just end the enumeration as if all were well.
        void Throw(Exception e) => throw e;
        int seconds = (int)limit.TotalSeconds;
        IAsyncEnumerable<(WatchEventType, object)> events = ns is null
            ? Objects.WatchListClusterCustomObjectAsync(
                resource.Group, resource.Version, resource.Plural, allowWatchBookmarks: true, labelSelector: labelSelector, resourceVersion: version, timeoutSeconds: seconds, onError: Throw, cancellationToken: cancellation)
            : Objects.WatchListNamespacedCustomObjectAsync(
                resource.Group, resource.Version, ns, resource.Plural, allowWatchBookmarks: true, labelSelector: labelSelector, resourceVersion: version, timeoutSeconds: seconds, onError: Throw, cancellationToken: cancellation);
        await foreach ((WatchEventType type, object entity) in events.ConfigureAwait(false))
        {
            yield return (type, KubernetesJson.Deserialize<T>((JsonElement)entity));
        }
    }

    /// <inheritdoc/>
    public Task CreateAsync(ApiResource resource, IKubernetesObject<V1ObjectMeta> entity, CancellationToken cancellation) =>
        Objects.CreateNamespacedCustomObjectAsync<JsonElement>(
            entity, resource.Group, resource.Version, entity.Metadata.NamespaceProperty, resource.Plural, fieldManager: fieldManager, cancellationToken: cancellation);

    /// <inheritdoc/>
    public Task ApplyAsync(ApiResource resource, IKubernetesObject<V1ObjectMeta> entity, CancellationToken cancellation) =>
        Objects.PatchNamespacedCustomObjectAsync<JsonElement>(
            new V1Patch(entity, V1Patch.PatchType.ApplyPatch), resource.Group, resource.Version, entity.Metadata.NamespaceProperty, resource.Plural, entity.Metadata.Name,
            fieldManager: fieldManager, force: true, cancellationToken: cancellation);

    /// <inheritdoc/>
    public Task MergePatchStatusAsync(ApiResource resource, ObjectKey key, JsonObject status, CancellationToken cancellation) =>
        Objects.PatchNamespacedCustomObjectStatusAsync<JsonElement>(
            new V1Patch(new JsonObject { ["status"] = status }.ToJsonString(), V1Patch.PatchType.MergePatch), resource.Group, resource.Version, key.Namespace, resource.Plural, key.Name,
            fieldManager: fieldManager, cancellationToken: cancellation);

    /// <inheritdoc/>
    public Task MergePatchAsync(ApiResource resource, ObjectKey key, object patch, CancellationToken cancellation) =>
        Objects.PatchNamespacedCustomObjectAsync<JsonElement>(
            new V1Patch(patch, V1Patch.PatchType.MergePatch), resource.Group, resource.Version, key.Namespace, resource.Plural, key.Name, fieldManager: fieldManager, cancellationToken: cancellation);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(ApiResource resource, ObjectKey key, string? uid, CancellationToken cancellation) => DeleteAsync(resource, key, uid, "Background", cancellation);

    /// <inheritdoc/>
    public Task<bool> OrphanAsync(ApiResource resource, ObjectKey key, string uid, CancellationToken cancellation) => DeleteAsync(resource, key, uid, "Orphan", cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> KindsAsync(string group, string version, CancellationToken cancellation)
    {
        try
        {
            V1APIResourceList kinds = await Objects.GetAPIResourcesAsync(group, version, cancellation).ConfigureAwait(false);
            return [.. kinds.Resources.Select(static r => r.Kind).Distinct()];
        }
        catch (HttpOperationException e) when (e.IsNotFound())
        {
            return [];
        }
    }

    private async Task<bool> DeleteAsync(ApiResource resource, ObjectKey key, string? uid, string propagation, CancellationToken cancellation)
    {
        var options = new V1DeleteOptions
        {
            PropagationPolicy = propagation,
            Preconditions = uid is null ? null : new V1Preconditions { Uid = uid },
        };
        try
        {
            await Objects.DeleteNamespacedCustomObjectAsync<JsonElement>(resource.Group, resource.Version, key.Namespace, resource.Plural, key.Name, options, cancellationToken: cancellation).ConfigureAwait(false);
            return true;
        }
        catch (HttpOperationException e) when (e.IsNotFound() || e.IsConflict())
        {
            return false;
        }
    }
}

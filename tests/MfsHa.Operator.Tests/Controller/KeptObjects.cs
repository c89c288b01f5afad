using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Tests.Controller;

/// <summary>An API server that keeps what it is given: as much of one as controllers ask in a pass. Lists do not tell the kind of what is in them, as the real one's do not.</summary>
internal sealed class KeptObjects : IApiClient
{
    private readonly SortedDictionary<(string Kind, string Namespace, string Name), JsonObject> _objects = [];

    /// <summary>Puts an object there.</summary>
    public void Put(IKubernetesObject<V1ObjectMeta> entity) => _objects[(entity.Kind, entity.Metadata.NamespaceProperty ?? "", entity.Metadata.Name)] = JsonNode.Parse(KubernetesJson.Serialize(entity))!.AsObject();

    /// <summary>One that is there.</summary>
    public T Get<T>(string ns, string name) => KubernetesJson.Deserialize<T>(_objects[(ApiResource.Of<T>().Kind, ns, name)].ToJsonString());

    public Task<T?> GetAsync<T>(ApiResource resource, ObjectKey key, CancellationToken cancellation)
        where T : class => Task.FromResult(_objects.TryGetValue((resource.Kind, key.Namespace, key.Name), out JsonObject? known) ? KubernetesJson.Deserialize<T>(known.ToJsonString()) : null);

    public Task<T?> GetAsync<T>(ApiResource resource, string name, CancellationToken cancellation)
        where T : class => GetAsync<T>(resource, new ObjectKey("", name), cancellation);

    public Task<EntityList<T>> ListAsync<T>(ApiResource resource, string? ns, string? labelSelector, CancellationToken cancellation) => Task.FromResult(new EntityList<T>(
        "1",
        [
            .. _objects.Where(o => o.Key.Kind == resource.Kind && (ns is null || o.Key.Namespace == ns) && Matches(o.Value, labelSelector)).Select(static o =>
            {
                JsonObject item = o.Value.DeepClone().AsObject();
                _ = item.Remove("kind");
                _ = item.Remove("apiVersion");
                return KubernetesJson.Deserialize<T>(item.ToJsonString());
            }),
        ]));

    public IAsyncEnumerable<(WatchEventType Type, T Entity)> WatchAsync<T>(
        ApiResource resource, string? ns, string? labelSelector, string version, TimeSpan limit, CancellationToken cancellation) => throw new NotSupportedException();

    public Task CreateAsync(ApiResource resource, IKubernetesObject<V1ObjectMeta> entity, CancellationToken cancellation) => ApplyAsync(resource, entity, cancellation);

    public Task ApplyAsync(ApiResource resource, IKubernetesObject<V1ObjectMeta> entity, CancellationToken cancellation)
    {
        Put(entity);
        return Task.CompletedTask;
    }

    public Task MergePatchStatusAsync(ApiResource resource, ObjectKey key, JsonObject status, CancellationToken cancellation)
    {
        _objects[(resource.Kind, key.Namespace, key.Name)]["status"] = status.DeepClone();
        return Task.CompletedTask;
    }

    public Task MergePatchAsync(ApiResource resource, ObjectKey key, object patch, CancellationToken cancellation) => Task.CompletedTask;

    public Task<bool> DeleteAsync(ApiResource resource, ObjectKey key, string? uid, CancellationToken cancellation) => Task.FromResult(_objects.Remove((resource.Kind, key.Namespace, key.Name)));

    public Task<bool> OrphanAsync(ApiResource resource, ObjectKey key, string uid, CancellationToken cancellation) => DeleteAsync(resource, key, uid, cancellation);

    public Task<IReadOnlyList<string>> KindsAsync(string group, string version, CancellationToken cancellation) => throw new NotSupportedException();

    // "a=b,c": a label of a value, and one of any.
    private static bool Matches(JsonObject known, string? selector) => (selector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static t => t.Split('=')).All(t =>
        known["metadata"]?["labels"]?[t[0]]?.GetValue<string>() is { } value && (t.Length == 1 || t[1] == value));
}

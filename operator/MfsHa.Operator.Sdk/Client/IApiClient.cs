using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Sdk.Client;

/// <summary>The API server, one way for all kinds. Errors are <see cref="k8s.Autorest.HttpOperationException"/>. Thread-safe.</summary>
public interface IApiClient
{
    /// <summary>One object; null when there is none.</summary>
    Task<T?> GetAsync<T>(ApiResource resource, ObjectKey key, CancellationToken cancellation)
        where T : class;

    /// <summary>One object of a kind that has no namespaces; null when there is none.</summary>
    Task<T?> GetAsync<T>(ApiResource resource, string name, CancellationToken cancellation)
        where T : class;

    /// <summary>All objects of a namespace (null: of all namespaces) that match a label selector (null: any), and the version of the list.</summary>
    Task<EntityList<T>> ListAsync<T>(ApiResource resource, string? ns, string? labelSelector, CancellationToken cancellation);

    /// <summary>Changes from a version on. Ends when the server ends it; throws when the version is too old (<see cref="ApiErrors.IsGone"/>).</summary>
    IAsyncEnumerable<(WatchEventType Type, T Entity)> WatchAsync<T>(
        ApiResource resource, string? ns, string? labelSelector, string version, TimeSpan limit, CancellationToken cancellation);

    /// <summary>Makes one; a conflict when it exists.</summary>
    Task CreateAsync(ApiResource resource, IKubernetesObject<V1ObjectMeta> entity, CancellationToken cancellation);

    /// <summary>Server-side apply: the fields of the object are this operator's from now on.</summary>
    Task ApplyAsync(ApiResource resource, IKubernetesObject<V1ObjectMeta> entity, CancellationToken cancellation);

    /// <summary>
    /// A merge patch of the status, where null removes a field. Server-side apply would be shorter, but API servers of version 1.20 turn an object that is not applied any more into a null,
    /// which their own validation then refuses.
    /// </summary>
    Task MergePatchStatusAsync(ApiResource resource, ObjectKey key, JsonObject status, CancellationToken cancellation);

    /// <summary>A merge patch (RFC 7386).</summary>
    Task MergePatchAsync(ApiResource resource, ObjectKey key, object patch, CancellationToken cancellation);

    /// <summary>Deletes one; false when there was none.</summary>
    /// <param name="uid">Only the object with this uid; null: any.</param>
    Task<bool> DeleteAsync(ApiResource resource, ObjectKey key, string? uid, CancellationToken cancellation);

    /// <summary>Deletes one and leaves what belongs to it; false when there was none.</summary>
    /// <param name="uid">Only the object with this uid.</param>
    Task<bool> OrphanAsync(ApiResource resource, ObjectKey key, string uid, CancellationToken cancellation);

    /// <summary>Kinds of a group version; empty when the server does not have it.</summary>
    Task<IReadOnlyList<string>> KindsAsync(string group, string version, CancellationToken cancellation);
}

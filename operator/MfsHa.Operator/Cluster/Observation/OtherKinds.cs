using k8s.Autorest;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;

namespace MfsHa.Operator.Cluster.Observation;

/// <summary>The operator's kinds beside MfsHaCluster. A definition may not be there yet after an upgrade: a cluster is seen to without backups rather than not at all.</summary>
internal static class OtherKinds
{
    /// <summary>All of a kind in a namespace; none where the kind is not known.</summary>
    public static async Task<IReadOnlyList<T>> ListAsync<T>(IApiClient api, string ns, CancellationToken cancellation)
    {
        try
        {
            return (await api.ListAsync<T>(ApiResource.Of<T>(), ns, labelSelector: null, cancellation).ConfigureAwait(false)).Items;
        }
        catch (HttpOperationException e) when (e.IsNotFound())
        {
            return [];
        }
    }
}

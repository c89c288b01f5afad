using k8s.Models;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Reconciliation;

namespace MfsHa.Operator.Finalizer;

/// <summary>Takes a cluster down: everything but the volumes goes, and those, too, if the specification says so. Asks no node for anything: it has to work when none answers.</summary>
public sealed class V1MfsHaClusterFinalizer(IApiClient api, ApiResource disruptionBudgets) : IEntityFinalizer<V1MfsHaCluster>
{
    /// <inheritdoc/>
    public string Identifier => "mfsha.io/cluster";

    /// <inheritdoc/>
    public async Task<bool> FinalizeAsync(V1MfsHaCluster entity, CancellationToken cancellation)
    {
        ClusterNames names = ClusterNames.Of(entity);

        // Volumes that stay are not to be left half replaced: a restore puts them in order first, one way or the other.
        if ((await OtherKinds.ListAsync<V1MfsHaRestore>(api, names.Namespace, cancellation).ConfigureAwait(false)).Any(r => r.Spec.Cluster == names.Name && RestorePhase.IsHalfDone(r)))
        {
            return false;
        }

        foreach ((ApiResource resource, string name) in ClusterObserver.Owned(names, disruptionBudgets))
        {
            // Only with spec.tls.mode Operator they are the operator's: others may have Secrets of these names.
            if ((name == names.Authority || name == names.Certificates)
                && (await api.GetAsync<V1Secret>(resource, new ObjectKey(names.Namespace, name), cancellation).ConfigureAwait(false))?.Metadata.OwnerReferences?.Any(o => o.Uid == entity.Metadata.Uid) != true)
            {
                continue;
            }

            _ = await api.DeleteAsync(resource, new ObjectKey(names.Namespace, name), uid: null, cancellation).ConfigureAwait(false);
        }

        foreach (V1Service service in (await api.ListAsync<V1Service>(ApiResource.Of<V1Service>(), names.Namespace, $"{names.SelectorText},{ClusterNames.NodeLabel}", cancellation).ConfigureAwait(false)).Items)
        {
            _ = await api.DeleteAsync(ApiResource.Of<V1Service>(), new ObjectKey(names.Namespace, service.Metadata.Name), service.Metadata.Uid, cancellation).ConfigureAwait(false);
        }

        EntityList<V1Pod> pods = await api.ListAsync<V1Pod>(ApiResource.Of<V1Pod>(), names.Namespace, names.SelectorText, cancellation).ConfigureAwait(false);
        if (pods.Items.Count > 0)
        {
            // The stateful set takes its own with it; those that it has been taken from (Growth) are nobody's.
            foreach (V1Pod pod in pods.Items.Where(static p => p.Metadata.DeletionTimestamp is null && p.Metadata.OwnerReferences?.Any(static o => o.Controller == true) != true))
            {
                _ = await api.DeleteAsync(ApiResource.Of<V1Pod>(), new ObjectKey(names.Namespace, pod.Metadata.Name), pod.Metadata.Uid, cancellation).ConfigureAwait(false);
            }

            return false;
        }

        if (entity.Spec.DeletionPolicy == "Delete")
        {
            var resource = ApiResource.Of<V1PersistentVolumeClaim>();
            EntityList<V1PersistentVolumeClaim> claims = await api.ListAsync<V1PersistentVolumeClaim>(resource, names.Namespace, names.SelectorText, cancellation).ConfigureAwait(false);
            foreach (V1PersistentVolumeClaim claim in claims.Items)
            {
                _ = await api.DeleteAsync(resource, new ObjectKey(names.Namespace, claim.Metadata.Name), claim.Metadata.Uid, cancellation).ConfigureAwait(false);
            }
        }

        return true;
    }
}

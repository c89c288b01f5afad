using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Rbac;
using MfsHa.Operator.Sdk.Reconciliation;

namespace MfsHa.Operator.Controller;

/// <summary>Backups by the clock: the CronJob, and what came of its Jobs.</summary>
[EntityRbac(typeof(V1MfsHaScheduledBackup), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1MfsHaScheduledBackup), Subresource = "status", Verbs = RbacVerb.Patch)]
[EntityRbac(typeof(V1MfsHaScheduledBackup), Subresource = "finalizers", Verbs = RbacVerb.Update)]
[GenericRbac(Groups = ["batch"], Resources = ["cronjobs"], Verbs = RbacVerb.Get | RbacVerb.Create | RbacVerb.Patch)]
public sealed class V1MfsHaScheduledBackupController(IApiClient api, OperatorSettings settings, ApiResource cronJobs, TimeProvider clock) : IEntityController<V1MfsHaScheduledBackup>
{
    private static readonly TimeSpan _again = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<V1MfsHaScheduledBackup>> ReconcileAsync(V1MfsHaScheduledBackup entity, CancellationToken cancellation)
    {
        string ns = entity.Metadata.NamespaceProperty;
        if (BackupPlaces.FlawOf("spec.target", entity.Spec.Target) is null
            && await api.GetAsync<V1MfsHaCluster>(ApiResource.Of<V1MfsHaCluster>(), new ObjectKey(ns, entity.Spec.Cluster), cancellation).ConfigureAwait(false) is { } cluster)
        {
            V1CronJob wanted = BackupJobRenderer.CronJob(entity, cluster, cluster.Spec.Image ?? settings.NodeImage);
            JsonObject? live = await api.GetAsync<JsonObject>(cronJobs, new ObjectKey(ns, wanted.Metadata.Name), cancellation).ConfigureAwait(false);
            if (Desired.Differs(wanted, cronJobs, live))
            {
                await api.ApplyAsync(cronJobs, wanted, cancellation).ConfigureAwait(false);
            }
        }

        string label = $"{BackupJobRenderer.ScheduleLabel}={entity.Metadata.Name}";
        EntityList<V1Job> jobs = await api.ListAsync<V1Job>(ApiResource.Of<V1Job>(), ns, label, cancellation).ConfigureAwait(false);
        EntityList<V1Pod> pods = await api.ListAsync<V1Pod>(ApiResource.Of<V1Pod>(), ns, label, cancellation).ConfigureAwait(false);
        _ = await StatusWriter.WriteAsync(api, entity, BackupReport.Of(entity, [.. jobs.Items], [.. pods.Items], clock.GetUtcNow()), cancellation).ConfigureAwait(false);
        return ReconciliationResult<V1MfsHaScheduledBackup>.Success(_again);
    }
}

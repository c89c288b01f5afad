using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Events;
using MfsHa.Operator.Sdk.Rbac;
using MfsHa.Operator.Sdk.Reconciliation;

namespace MfsHa.Operator.Controller;

/// <summary>One backup: a Job, made once, and what came of it.</summary>
[EntityRbac(typeof(V1MfsHaBackup), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1MfsHaBackup), Subresource = "status", Verbs = RbacVerb.Patch)]
[EntityRbac(typeof(V1MfsHaBackup), Subresource = "finalizers", Verbs = RbacVerb.Update)]
[GenericRbac(Groups = ["batch"], Resources = ["jobs"], Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Create | RbacVerb.Patch | RbacVerb.Delete)]
public sealed class V1MfsHaBackupController(IApiClient api, OperatorSettings settings, EventPublisher events) : IEntityController<V1MfsHaBackup>
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<V1MfsHaBackup>> ReconcileAsync(V1MfsHaBackup entity, CancellationToken cancellation)
    {
        if (entity.Status?.Phase is "Completed" or "Failed")
        {
            return ReconciliationResult<V1MfsHaBackup>.Success();
        }

        string ns = entity.Metadata.NamespaceProperty;
        var jobs = ApiResource.Of<V1Job>();
        V1Job? job = await api.GetAsync<V1Job>(jobs, new ObjectKey(ns, BackupJobRenderer.JobName(entity.Metadata.Name)), cancellation).ConfigureAwait(false);
        MfsHaBackupStatus status;
        if (BackupPlaces.FlawOf("spec.target", entity.Spec.Target) is { } flaw)
        {
            status = new MfsHaBackupStatus { Phase = "Failed", Message = flaw };
        }
        else if (job is null)
        {
            V1MfsHaCluster? cluster = await api.GetAsync<V1MfsHaCluster>(ApiResource.Of<V1MfsHaCluster>(), new ObjectKey(ns, entity.Spec.Cluster), cancellation).ConfigureAwait(false);
            status = cluster is null ? new MfsHaBackupStatus { Phase = "Pending", Message = $"there is no MfsHaCluster {entity.Spec.Cluster}" } : new MfsHaBackupStatus { Phase = "Running" };
            if (cluster is not null)
            {
                V1Job made = BackupJobRenderer.Job(entity, cluster, cluster.Spec.Image ?? settings.NodeImage);
                made.ApiVersion = jobs.ApiVersion;
                made.Kind = jobs.Kind;
                await api.ApplyAsync(jobs, made, cancellation).ConfigureAwait(false);
            }
        }
        else
        {
            EntityList<V1Pod> pods = await api.ListAsync<V1Pod>(ApiResource.Of<V1Pod>(), ns, $"{BackupJobRenderer.BackupLabel}={entity.Metadata.Name}", cancellation).ConfigureAwait(false);
            status = BackupReport.Of(job, [.. pods.Items]);
        }

        if (await StatusWriter.WriteAsync(api, entity, status, cancellation).ConfigureAwait(false) && status.Phase is "Completed" or "Failed")
        {
            await events.PublishAsync(entity, status.Phase == "Failed", status.Phase!, status.Message ?? $"{status.Path}: {status.SizeBytes} bytes", cancellation).ConfigureAwait(false);
        }

        return ReconciliationResult<V1MfsHaBackup>.Success(status.Phase is "Completed" or "Failed" ? null : _soon);
    }
}

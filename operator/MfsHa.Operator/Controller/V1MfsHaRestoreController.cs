using k8s.Models;
using MfsHa.Admin;
using Grpc.Core;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Status;
using MfsHa.Operator.Entities;
using MfsHa.Operator.NodeCalls;
using MfsHa.Operator.Restores;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Events;
using MfsHa.Operator.Sdk.Rbac;
using MfsHa.Operator.Sdk.Reconciliation;

namespace MfsHa.Operator.Controller;

/// <summary>Restores in place: one at a time for each cluster, the one that has begun before all others, then the oldest.</summary>
[EntityRbac(typeof(V1MfsHaRestore), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch | RbacVerb.Patch)]
[EntityRbac(typeof(V1MfsHaRestore), Subresource = "status", Verbs = RbacVerb.Patch)]
[EntityRbac(typeof(V1MfsHaRestore), Subresource = "finalizers", Verbs = RbacVerb.Update)]
public sealed class V1MfsHaRestoreController(ClusterObserver observer, INodeAdmin admin, IApiClient api, EventPublisher events, TimeProvider clock) : IEntityController<V1MfsHaRestore>
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(3);
    private static readonly ApiResource _restores = ApiResource.Of<V1MfsHaRestore>();
    private static readonly ApiResource _jobs = ApiResource.Of<V1Job>();

    /// <inheritdoc/>
    public async Task<ReconciliationResult<V1MfsHaRestore>> ReconcileAsync(V1MfsHaRestore entity, CancellationToken cancellation)
    {
        if (RestorePhase.IsOver(entity) || (entity.Metadata.DeletionTimestamp is not null && !RestorePhase.IsHalfDone(entity)))
        {
            await SetFinalizerAsync(entity, isWanted: false, cancellation).ConfigureAwait(false);
            return ReconciliationResult<V1MfsHaRestore>.Success();
        }

        string ns = entity.Metadata.NamespaceProperty;
        EntityList<V1MfsHaRestore> all = await api.ListAsync<V1MfsHaRestore>(_restores, ns, labelSelector: null, cancellation).ConfigureAwait(false);
        V1MfsHaRestore first = all.Items.Where(r => r.Spec.Cluster == entity.Spec.Cluster && !RestorePhase.IsOver(r)).OrderByDescending(RestorePhase.IsUnderWay)
            .ThenBy(static r => r.Metadata.CreationTimestamp).ThenBy(static r => r.Metadata.Name, StringComparer.Ordinal).FirstOrDefault() ?? entity;
        if (first.Metadata.Uid != entity.Metadata.Uid)
        {
            return await EndAsync(entity, new(RestorePhase.Pending, $"waiting for MfsHaRestore {first.Metadata.Name}", []), cancellation).ConfigureAwait(false);
        }

        if (await api.GetAsync<V1MfsHaCluster>(ApiResource.Of<V1MfsHaCluster>(), new ObjectKey(ns, entity.Spec.Cluster), cancellation).ConfigureAwait(false) is not { } cluster)
        {
            return await EndAsync(entity, new(RestorePhase.Failed, $"there is no MfsHaCluster {entity.Spec.Cluster}", []), cancellation).ConfigureAwait(false);
        }

        (ObservedCluster observed, NodeAccess access) = await observer.ObserveAsync(cluster, cancellation).ConfigureAwait(false);
        string label = $"{RestoreJobs.RestoreLabel}={entity.Metadata.Name}";
        EntityList<V1Job> jobs = await api.ListAsync<V1Job>(_jobs, ns, label, cancellation).ConfigureAwait(false);
        EntityList<V1Pod> pods = await api.ListAsync<V1Pod>(ApiResource.Of<V1Pod>(), ns, label, cancellation).ConfigureAwait(false);
        V1Job[] own = [.. jobs.Items.Where(j => j.Metadata.OwnerReferences?.Any(o => o.Uid == entity.Metadata.Uid) == true)];
        RestoreDecision decision = RestorePlan.Next(entity, observed, await SourceAsync(entity, cancellation).ConfigureAwait(false), own, [.. pods.Items]);
        if (decision.Begin is not null)
        {
            await SetFinalizerAsync(entity, isWanted: true, cancellation).ConfigureAwait(false);
        }

        foreach (V1Job job in decision.Jobs)
        {
            await api.ApplyAsync(_jobs, job, cancellation).ConfigureAwait(false);
        }

        if (decision.Compares)
        {
            try
            {
                if (await admin.DifferenceAsync(access, cancellation).ConfigureAwait(false) is { } difference)
                {
                    decision = new(RestorePhase.Starting, $"waiting until all replicas are equal: {difference}", []);
                }
            }
            catch (Exception e) when (e is RpcException or UnreachableException)
            {
                return ReconciliationResult<V1MfsHaRestore>.Failure(e is RpcException refused ? refused.Status.Detail : e.Message);
            }
        }

        return await EndAsync(entity, decision, cancellation).ConfigureAwait(false);
    }

    // What it names, while it has not begun; then it has written it down.
    private async Task<BackupFile?> SourceAsync(V1MfsHaRestore entity, CancellationToken cancellation)
    {
        if (entity.Spec.Backup is not { } name)
        {
            return entity.Spec.File;
        }

        V1MfsHaBackup? backup = await api.GetAsync<V1MfsHaBackup>(ApiResource.Of<V1MfsHaBackup>(), new ObjectKey(entity.Metadata.NamespaceProperty, name), cancellation).ConfigureAwait(false);
        return backup is { Status: { Phase: "Completed", Path: { } path } } ? new BackupFile { ClaimName = backup.Spec.Target.ClaimName, S3 = backup.Spec.Target.S3, Path = path } : null;
    }

    private async Task<ReconciliationResult<V1MfsHaRestore>> EndAsync(V1MfsHaRestore entity, RestoreDecision decision, CancellationToken cancellation)
    {
        DateTime now = ConditionSet.WholeSeconds(clock.GetUtcNow());
        MfsHaRestoreStatus? former = entity.Status;
        bool isOver = decision.Phase is RestorePhase.Completed or RestorePhase.Failed;
        bool isNew = decision.Phase != former?.Phase;
        var status = new MfsHaRestoreStatus
        {
            Phase = decision.Phase,
            Message = decision.Message,
            Source = decision.Begin?.Source ?? former?.Source,
            Nodes = decision.Begin?.Nodes ?? former?.Nodes,
            MetadataId = decision.Begin?.MetadataId ?? former?.MetadataId,

            // Nothing was set aside, or it was put back.
            Former = decision.Phase == RestorePhase.Failed ? null : decision.Begin?.Former ?? former?.Former,
            StartedAt = former?.StartedAt ?? (decision.Begin is null ? null : now),
            FinishedAt = isOver ? now : null,
        };
        if (await StatusWriter.WriteAsync(api, entity, status, cancellation).ConfigureAwait(false) && isNew)
        {
            await events.PublishAsync(entity, decision.Phase is RestorePhase.Failed or RestorePhase.Reverting, decision.Phase, decision.Message, cancellation).ConfigureAwait(false);
        }

        entity.Status = status;
        if (isOver)
        {
            await SetFinalizerAsync(entity, isWanted: false, cancellation).ConfigureAwait(false);
        }

        return ReconciliationResult<V1MfsHaRestore>.Success(isOver ? null : _soon);
    }

    private async Task SetFinalizerAsync(V1MfsHaRestore entity, bool isWanted, CancellationToken cancellation)
    {
        IList<string> present = entity.Metadata.Finalizers ?? [];
        if (present.Contains(V1MfsHaRestore.Finalizer) == isWanted)
        {
            return;
        }

        string[] finalizers = isWanted ? [.. present, V1MfsHaRestore.Finalizer] : [.. present.Where(static f => f != V1MfsHaRestore.Finalizer)];

        // Without the version: its status has just been written. Nobody else sets finalizers on these objects.
        await api.MergePatchAsync(_restores, new ObjectKey(entity.Metadata.NamespaceProperty, entity.Metadata.Name), new { metadata = new { finalizers } }, cancellation).ConfigureAwait(false);
        entity.Metadata.Finalizers = finalizers;
    }
}

using Grpc.Core;
using MfsHa.Admin;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Status;
using MfsHa.Operator.Entities;
using MfsHa.Operator.NodeCalls;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Events;
using MfsHa.Operator.Sdk.Rbac;
using MfsHa.Operator.Sdk.Reconciliation;

namespace MfsHa.Operator.Controller;

/// <summary>Observes, plans, acts, reports.</summary>
[EntityRbac(typeof(V1MfsHaCluster), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch | RbacVerb.Patch)]
[EntityRbac(typeof(V1MfsHaCluster), Subresource = "status", Verbs = RbacVerb.Patch)]
[EntityRbac(typeof(V1MfsHaCluster), Subresource = "finalizers", Verbs = RbacVerb.Update)]
[GenericRbac(Groups = [""], Resources = ["configmaps", "secrets", "services", "serviceaccounts"], Verbs = Owned)]
[GenericRbac(Groups = ["apps"], Resources = ["statefulsets"], Verbs = Owned)]
[GenericRbac(Groups = ["policy"], Resources = ["poddisruptionbudgets"], Verbs = Owned)]
[GenericRbac(Groups = [""], Resources = ["pods"], Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch | RbacVerb.Delete)]
[GenericRbac(Groups = [""], Resources = ["persistentvolumeclaims"], Verbs = Owned)]
[GenericRbac(Groups = ["storage.k8s.io"], Resources = ["storageclasses"], Verbs = RbacVerb.Get)]
[GenericRbac(Groups = [""], Resources = ["events"], Verbs = RbacVerb.Get | RbacVerb.Create | RbacVerb.Patch)]
[GenericRbac(Groups = ["coordination.k8s.io"], Resources = ["leases"], Verbs = RbacVerb.Get | RbacVerb.Create | RbacVerb.Update)]
public sealed class V1MfsHaClusterController(ClusterObserver observer, ActionExecutor executor, IApiClient api, EventPublisher events, TimeProvider clock) : IEntityController<V1MfsHaCluster>
{
    private const RbacVerb Owned = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch | RbacVerb.Create | RbacVerb.Patch | RbacVerb.Delete;

    /// <summary>While something is under way the nodes are asked so often.</summary>
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(2);

    /// <summary>While all is well the nodes are asked so often.</summary>
    private static readonly TimeSpan _later = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<V1MfsHaCluster>> ReconcileAsync(V1MfsHaCluster entity, CancellationToken cancellation)
    {
        (ObservedCluster observed, NodeAccess access) = await observer.ObserveAsync(entity, cancellation).ConfigureAwait(false);
        ReconcilePlan plan = Reconcile.Plan(observed);
        bool isManaged = entity.Spec.ReconcilePolicy != "Observe" && entity.Metadata.Annotations?.ContainsKey(V1MfsHaCluster.PausedAnnotation) != true;

        // The status first: it says what is about to be done, also to an operator that takes over in the middle of it.
        await ReportAsync(entity, StatusRenderer.Render(observed, plan, isManaged, clock.GetUtcNow()), cancellation).ConfigureAwait(false);
        if (isManaged)
        {
            try
            {
                await executor.RunAsync(entity, access, plan.Actions, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RpcException or UnreachableException)
            {
                string reason = e is RpcException refused ? refused.Status.Detail : e.Message;
                await events.PublishAsync(entity, isWarning: true, "NotDone", reason, cancellation).ConfigureAwait(false);
                return ReconciliationResult<V1MfsHaCluster>.Failure(reason);
            }
        }

        return ReconciliationResult<V1MfsHaCluster>.Success(plan.Stop is null || plan.IsFailed || !isManaged ? _later : _soon);
    }

    private async Task ReportAsync(V1MfsHaCluster entity, MfsHaClusterStatus status, CancellationToken cancellation)
    {
        ClusterMetrics.Show(entity, status);
        if (!await StatusWriter.WriteAsync(api, entity, status, cancellation).ConfigureAwait(false))
        {
            return;
        }

        if (status.Phase != entity.Status?.Phase)
        {
            await events.PublishAsync(entity, isWarning: status.Phase is "NoQuorum" or "Rejected" or "Degraded", status.Phase!, status.Message!, cancellation).ConfigureAwait(false);
        }
    }
}

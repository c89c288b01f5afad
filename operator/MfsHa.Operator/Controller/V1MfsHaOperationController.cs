using Grpc.Core;
using MfsHa.Admin;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Status;
using MfsHa.Operator.Entities;
using MfsHa.Operator.NodeCalls;
using MfsHa.Operator.Operations;
using MfsHa.Operator.Sdk.Client;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Events;
using MfsHa.Operator.Sdk.Rbac;
using MfsHa.Operator.Sdk.Reconciliation;

namespace MfsHa.Operator.Controller;

/// <summary>One-time work: one piece at a time for each cluster, the oldest first.</summary>
[EntityRbac(typeof(V1MfsHaOperation), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1MfsHaOperation), Subresource = "status", Verbs = RbacVerb.Patch)]
public sealed class V1MfsHaOperationController(ClusterObserver observer, ActionExecutor executor, INodeAdmin admin, IApiClient api, EventPublisher events, TimeProvider clock)
    : IEntityController<V1MfsHaOperation>
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async Task<ReconciliationResult<V1MfsHaOperation>> ReconcileAsync(V1MfsHaOperation entity, CancellationToken cancellation)
    {
        if (IsOver(entity))
        {
            return ReconciliationResult<V1MfsHaOperation>.Success();
        }

        string ns = entity.Metadata.NamespaceProperty;
        EntityList<V1MfsHaOperation> all = await api.ListAsync<V1MfsHaOperation>(ApiResource.Of<V1MfsHaOperation>(), ns, labelSelector: null, cancellation).ConfigureAwait(false);
        V1MfsHaOperation first = all.Items.Where(o => o.Spec.Cluster == entity.Spec.Cluster && !IsOver(o))
            .OrderBy(static o => o.Metadata.CreationTimestamp).ThenBy(static o => o.Metadata.Name, StringComparer.Ordinal).FirstOrDefault() ?? entity;
        if (first.Metadata.Uid != entity.Metadata.Uid)
        {
            return await EndAsync(entity, OperationDecision.Pending($"waiting for MfsHaOperation {first.Metadata.Name}"), cancellation).ConfigureAwait(false);
        }

        if (await api.GetAsync<V1MfsHaCluster>(ApiResource.Of<V1MfsHaCluster>(), new ObjectKey(ns, entity.Spec.Cluster), cancellation).ConfigureAwait(false) is not { } cluster)
        {
            return await EndAsync(entity, OperationDecision.Failed($"there is no MfsHaCluster {entity.Spec.Cluster}"), cancellation).ConfigureAwait(false);
        }

        (ObservedCluster observed, NodeAccess access) = await observer.ObserveAsync(cluster, cancellation).ConfigureAwait(false);
        OperationDecision decision = OperationPlan.Next(entity, observed);

        // Before anything is done it is written down what is replaced, so that it is done once.
        await WriteAsync(entity, decision, cancellation).ConfigureAwait(false);
        try
        {
            await executor.RunAsync(cluster, access, decision.Actions, cancellation).ConfigureAwait(false);
            if (decision.Compares)
            {
                decision = await admin.DifferenceAsync(access, cancellation).ConfigureAwait(false) is { } difference
                    ? OperationDecision.Failed(difference)
                    : OperationDecision.Succeeded("all replicas are equal");
            }
            else if (decision.Spreads is { } nodes)
            {
                // Who is asked may not have heard of what was decided just now: the next pass looks.
                decision = await admin.GiveSharesAsync(access, nodes, cancellation).ConfigureAwait(false) is { } decided ? decision with { Message = $"replicas move: {decided}" }
                    : await admin.MovesAsync(access, cancellation).ConfigureAwait(false) is { } moving ? decision with { Message = $"replicas move: {moving}" }
                    : await admin.RebalanceAsync(access, cancellation).ConfigureAwait(false) is { } obstacle ? decision with { Message = $"leaders are not spread yet: {obstacle}" }
                    : OperationDecision.Succeeded("replicas and leaders are spread");
            }
            else if (decision.EndsWithActions)
            {
                decision = OperationDecision.Succeeded(decision.Message);
            }
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition && decision.IsRepeated)
        {
            decision = decision with { Message = $"{decision.Message}: refused, and tried again: {e.Status.Detail}" };
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition or StatusCode.NotFound or StatusCode.Unimplemented)
        {
            decision = OperationDecision.Failed(e.Status.Detail);
        }
        catch (Exception e) when (e is RpcException or UnreachableException)
        {
            return ReconciliationResult<V1MfsHaOperation>.Failure(e is RpcException refused ? refused.Status.Detail : e.Message);
        }

        return await EndAsync(entity, decision, cancellation).ConfigureAwait(false);
    }

    private static bool IsOver(V1MfsHaOperation operation) => operation.Status?.Phase is "Succeeded" or "Failed";

    private async Task<ReconciliationResult<V1MfsHaOperation>> EndAsync(V1MfsHaOperation entity, OperationDecision decision, CancellationToken cancellation)
    {
        await WriteAsync(entity, decision, cancellation).ConfigureAwait(false);
        return ReconciliationResult<V1MfsHaOperation>.Success(IsOver(entity) ? null : _soon);
    }

    private async Task WriteAsync(V1MfsHaOperation entity, OperationDecision decision, CancellationToken cancellation)
    {
        DateTime now = ConditionSet.WholeSeconds(clock.GetUtcNow());
        bool isOver = decision.Phase is "Succeeded" or "Failed";
        var status = new MfsHaOperationStatus
        {
            Phase = decision.Phase,
            Message = decision.Message,
            Former = decision.Former ?? entity.Status?.Former,
            Lost = decision.Lost is { } lost ? [.. lost] : entity.Status?.Lost,
            Forced = decision.IsForced ? true : entity.Status?.Forced,
            StartedAt = entity.Status?.StartedAt ?? (decision.Phase == "Pending" ? null : now),
            FinishedAt = isOver ? now : null,
        };
        if (await StatusWriter.WriteAsync(api, entity, status, cancellation).ConfigureAwait(false) && isOver)
        {
            await events.PublishAsync(entity, decision.Phase == "Failed", decision.Phase, decision.Message, cancellation).ConfigureAwait(false);
        }

        entity.Status = status;
    }
}

using k8s.Models;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Steps;
using MfsHa.Operator.Controller;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Sdk.Entities;
using MfsHa.Operator.Sdk.Events;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MfsHa.Operator.Tests.Controller;

public sealed class OperationControllerTests
{
    private static readonly ApiResource _budgets = ApiResource.Of<V1PodDisruptionBudget>();

    private readonly KeptObjects _objects = new();
    private readonly ToldNodes _nodes = new();
    private readonly ClusterObserver _observer;
    private readonly V1MfsHaOperationController _controller;
    private readonly V1MfsHaCluster _cluster = new() { Metadata = new V1ObjectMeta { Name = "c", NamespaceProperty = "ns", Uid = "u" } };

    public OperationControllerTests()
    {
        var events = new EventPublisher(_objects, ClusterNames.Operator, TimeProvider.System, NullLogger<EventPublisher>.Instance);
        _observer = new ClusterObserver(_objects, _nodes, new OperatorSettings("mfsha/node:1"), _budgets, TimeProvider.System);
        _controller = new V1MfsHaOperationController(
            _observer, new ActionExecutor(_objects, _nodes, events, NullLogger<ActionExecutor>.Instance), _nodes, _objects, events, TimeProvider.System);
        _objects.Put(_cluster);
        _nodes.Status = new ClusterStatus
        {
            ClusterId = 1,
            Nodes = { Enumerable.Range(1, 4).Select(static n => new NodeStatus { Id = (uint)n, Online = true, Ready = true, Membership = n == 4 ? Membership.Draining : Membership.Active }) },
            Groups = { new GroupStatus { Group = 0, Leader = 1, Replicas = { Enumerable.Range(1, 4).Select(static n => new ReplicaStatus { Node = (uint)n, Online = true, Voter = true }) } } },
        };
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rebalance_waits_for_replicas_and_then_spreads_leaders()
    {
        _objects.Put(new V1MfsHaOperation { Metadata = new V1ObjectMeta { Name = "r", NamespaceProperty = "ns", Uid = "r" }, Spec = { Cluster = "c", Type = "Rebalance" } });
        _nodes.Refusal = "node 2 does not answer";
        Assert.Equal(("Running", "replicas and leaders are spread: refused, and tried again: node 2 does not answer"), await PassAsync());

        // The node that is asked has not heard of it yet.
        (_nodes.Refusal, _nodes.Decided) = (null, "shard 3 from node 4 to node 3");
        Assert.Equal(("Running", "replicas move: shard 3 from node 4 to node 3"), await PassAsync());
        (_nodes.Decided, _nodes.Moves) = (null, "shard 3 to nodes 1, 2, 3");
        Assert.Equal(("Running", "replicas move: shard 3 to nodes 1, 2, 3"), await PassAsync());
        Assert.Equal(["shares 1,2,3", "shares 1,2,3", "shares 1,2,3"], _nodes.Told);
        (_nodes.Moves, _nodes.Obstacle) = (null, "node 3 does not answer");
        Assert.Equal(("Running", "leaders are not spread yet: node 3 does not answer"), await PassAsync());
        _nodes.Obstacle = null;
        Assert.Equal(("Succeeded", "replicas and leaders are spread"), await PassAsync());
        Assert.Equal(["shares 1,2,3", "leaders"], _nodes.Told.TakeLast(2));
        int told = _nodes.Told.Count;
        Assert.Equal("Succeeded", (await PassAsync()).Phase);
        Assert.Equal(told, _nodes.Told.Count);
    }

    [Fact]
    public async Task Services_of_single_nodes_that_are_as_wanted_are_seen_as_they_are()
    {
        _cluster.Spec.Service.PerNode = true;
        (ObservedCluster observed, _) = await _observer.ObserveAsync(_cluster, Cancellation);
        foreach (ClusterAction.Apply apply in Services.Run(observed).Actions.Cast<ClusterAction.Apply>())
        {
            _objects.Put(apply.Entity);
        }

        (observed, _) = await _observer.ObserveAsync(_cluster, Cancellation);
        Assert.Equal(["c", "c-0", "c-1", "c-2", "c-3", "c-nodes"], observed.Objects.Keys.Where(static o => o.Kind == "Service").Select(static o => o.Name).Order(StringComparer.Ordinal));
        Assert.Empty(Services.Run(observed).Actions);
    }

    private async Task<(string? Phase, string? Message)> PassAsync()
    {
        Assert.True((await _controller.ReconcileAsync(_objects.Get<V1MfsHaOperation>("ns", "r"), Cancellation)).IsSuccess);
        MfsHaOperationStatus status = _objects.Get<V1MfsHaOperation>("ns", "r").Status!;
        return (status.Phase, status.Message);
    }
}

using k8s.Models;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Operations;
using MfsHa.Operator.Tests.Cluster;
using Xunit;

namespace MfsHa.Operator.Tests.Operations;

public sealed class OperationPlanTests
{
    private readonly SimulatedCluster _cluster = new();

    public OperationPlanTests() => _cluster.Settle();

    [Theory]
    [InlineData("Switchover", 2, "move leaders away from node 2")]
    [InlineData("ReleaseDeletions", null, "let chunks be deleted again")]
    public void What_nodes_do_by_themselves_is_one_call(string type, int? node, string expected)
    {
        OperationDecision decision = Next(Operation(type, node));
        Assert.True(decision.EndsWithActions);
        Assert.Equal([expected], decision.Actions.Select(static a => a.ToString()));
    }

    [Theory]
    [InlineData("Switchover", null, "spec.node: Switchover needs a node")]
    [InlineData("ReplaceNode", 4, "spec.node: a member expected (1, 2, 3), found 4")]
    [InlineData("Rebalance", 1, "spec.node: Rebalance is of no node, found 1")]
    public void Wrong_work_is_refused(string type, int? node, string expected)
    {
        OperationDecision decision = Next(Operation(type, node));
        Assert.Equal(("Failed", expected), (decision.Phase, decision.Message));
    }

    [Fact]
    public void Before_the_cluster_says_who_its_members_are_nothing_is_done()
    {
        _cluster.Away.UnionWith([1, 2, 3]);
        Assert.Equal("Pending", Next(Operation("Switchover", 2)).Phase);
    }

    [Fact]
    public void Replicas_are_spread_over_all_nodes_but_those_that_join()
    {
        OperationDecision decision = Next(Operation("Rebalance", null));
        Assert.True(decision is { Phase: "Running", IsRepeated: true, EndsWithActions: false, Actions: [] });
        Assert.Equal([1, 2, 3], decision.Spreads!);
        _cluster.HalfJoined.Add(3);
        Assert.Equal([1, 2], Next(Operation("Rebalance", null)).Spreads!);
    }

    [Fact]
    public void All_nodes_are_started_again_by_the_roll()
    {
        V1MfsHaOperation operation = Operation("Restart", null);
        _cluster.History.Clear();
        Run(operation);
        Assert.Equal(3, _cluster.History.Count(static h => h.StartsWith("delete pod", StringComparison.Ordinal)));
        Assert.Equal("Succeeded", operation.Status!.Phase);
    }

    [Fact]
    public void A_node_is_replaced_once_and_by_one_that_is_whole()
    {
        V1MfsHaOperation operation = Operation("ReplaceNode", 1);
        _cluster.History.Clear();
        Run(operation);
        Assert.Equal(
            [
                "move leaders away from node 1", "delete claim data-c-0: MfsHaOperation op", "delete pod c-0: MfsHaOperation op", "replace node 1: its volume is lost",
            ],
            _cluster.History);
        Assert.Equal("Succeeded", operation.Status!.Phase);
    }

    [Fact]
    public void No_node_is_replaced_while_another_one_is_away()
    {
        _cluster.Away.Add(2);
        OperationDecision decision = Next(Operation("ReplaceNode", 3));
        Assert.Empty(decision.Actions);
        Assert.Equal("Pending", decision.Phase);
        _cluster.Away.Clear();
        _cluster.Away.Add(3);
        Assert.NotEmpty(Next(Operation("ReplaceNode", 3)).Actions);
    }

    // Passes of the operation and of the cluster in turn, as the operator makes them.
    private void Run(V1MfsHaOperation operation)
    {
        for (int pass = 0; pass < 40 && operation.Status?.Phase is not ("Succeeded" or "Failed"); pass++)
        {
            OperationDecision decision = Next(operation);
            operation.Status = new MfsHaOperationStatus { Phase = decision.Phase, Message = decision.Message, Former = decision.Former ?? operation.Status?.Former };
            _cluster.Do(decision.Actions);
            _ = _cluster.Pass();
        }
    }

    private OperationDecision Next(V1MfsHaOperation operation) => OperationPlan.Next(operation, _cluster.Observe());

    private static V1MfsHaOperation Operation(string type, int? node) => new()
    {
        Metadata = new V1ObjectMeta { Name = "op", NamespaceProperty = "ns", Uid = "operation" },
        Spec = { Cluster = "c", Type = type, Node = node },
    };
}

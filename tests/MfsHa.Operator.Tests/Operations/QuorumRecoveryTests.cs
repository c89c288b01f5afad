using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Entities;
using MfsHa.Operator.Operations;
using MfsHa.Operator.Tests.Cluster;
using Xunit;

namespace MfsHa.Operator.Tests.Operations;

public sealed class QuorumRecoveryTests
{
    private static readonly string[] _replaced = ["claim data-c-0", "claim data-c-1", "pod c-0", "pod c-1"];

    private readonly SimulatedCluster _cluster = new();

    public QuorumRecoveryTests()
    {
        _cluster.Settle();
        _cluster.History.Clear();
    }

    [Fact]
    public void When_a_majority_of_volumes_is_lost_it_is_said_what_people_can_do_and_nothing_is_done()
    {
        Lose(2, 3);
        for (int pass = 0; pass < 5; pass++)
        {
            Assert.Empty(_cluster.Pass());
        }

        MfsHaClusterStatus status = _cluster.Cluster.Status!;
        Assert.Equal(("NoQuorum", "1/3"), (status.Phase, status.Quorum));
        Assert.StartsWith("the volumes of nodes 2, 3 are lost, and with them a majority", status.Message, StringComparison.Ordinal);
        Assert.Contains("kubectl mfsha recover-quorum --cluster c --nodes 1 --confirm c (or an MfsHaOperation with cluster: c, type: RecoverQuorum, nodes: [1], confirm: c)", status.Message, StringComparison.Ordinal);
        ConditionStatus condition = status.Conditions!.Single(static c => c.Type == "QuorumLost");
        Assert.Equal(("True", status.Message), (condition.Status, condition.Message));
    }

    [Fact]
    public void Nodes_that_wait_on_new_volumes_are_let_in_after_the_cluster_went_on()
    {
        Lose(2, 3);
        V1MfsHaOperation operation = Operation([1]);
        Run(operation);
        Assert.Equal(["go on with nodes 1 alone", "add node 2", "add node 3"], _cluster.History);
        Assert.StartsWith("the cluster went on with node 1, and all nodes are back", operation.Status!.Message, StringComparison.Ordinal);
        Assert.Equal("Ready", _cluster.Cluster.Status!.Phase);
    }

    [Fact]
    public void Volumes_of_nodes_that_are_given_up_are_deleted_only_when_the_cluster_has_gone_on()
    {
        _cluster.Away.UnionWith([1, 2]);
        _ = _cluster.Pass();
        V1MfsHaOperation operation = Operation([3]);
        Step(operation);
        Assert.Equal([1, 2], operation.Status!.Lost!.Select(static l => l.Node));
        Step(operation);
        Assert.True(operation.Status.Forced);
        _cluster.Away.Clear();
        Run(operation);
        Assert.Equal("go on with nodes 3 alone", _cluster.History[0]);
        Assert.All(_replaced, o => Assert.Contains($"delete {o}: MfsHaOperation op", _cluster.History));
        Assert.Equal([1, 2, 3], _cluster.Members);
    }

    [Fact]
    public void It_is_done_once_whenever_the_operator_is_killed()
    {
        Lose(2, 3);
        V1MfsHaOperation operation = Operation([1]);

        // What is written before it is done is all that is left of the first one.
        Step(operation);
        _cluster.Settle();
        Assert.Null(operation.Status!.Forced);
        Run(operation);
        Assert.Single(_cluster.History, "go on with nodes 1 alone");

        // And a later loss is another one's business.
        operation.Status.Phase = "Running";
        Lose(2, 3);
        for (int pass = 0; pass < 5; pass++)
        {
            Assert.Empty(Next(operation).Actions);
        }
    }

    [Fact]
    public void A_majority_that_is_back_before_it_is_done_wins()
    {
        _cluster.Away.UnionWith([2, 3]);
        V1MfsHaOperation operation = Operation([1]);
        OperationDecision decision = Next(operation);
        operation.Status = new MfsHaOperationStatus { Phase = decision.Phase, Lost = [.. decision.Lost!] };
        _cluster.Away.Clear();
        Assert.Equal(("Failed", "a majority is back: nothing was given up"), (Next(operation).Phase, Next(operation).Message));
    }

    [Theory]
    [InlineData("", "c", "spec.nodes: all nodes that still have their disks expected, found none")]
    [InlineData("1", "d", "spec.confirm: c expected, found d: what only the other nodes had acknowledged is lost")]
    [InlineData("1", null, "spec.confirm: c expected, found nothing: what only the other nodes had acknowledged is lost")]
    [InlineData("1,4", "c", "spec.nodes: members expected (1, 2, 3), found 4")]
    [InlineData("1,2", "c", "spec.nodes: nodes that still have their disks expected, found node 2 with another volume")]
    public void Wrong_ones_are_refused(string nodes, string? confirm, string expected)
    {
        Lose(2, 3);
        OperationDecision decision = Next(Operation([.. nodes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)], confirm));
        Assert.Equal(("Failed", expected), (decision.Phase, decision.Message));
        Assert.Empty(decision.Actions);
    }

    [Fact]
    public void A_quorum_is_not_overruled_and_nobody_who_answers_is_given_up()
    {
        Lose(3);
        Assert.StartsWith("there is a quorum", Next(Operation([1, 2])).Message, StringComparison.Ordinal);
        SimulatedCluster five = new(5);
        five.Settle();
        five.Away.UnionWith([3, 4, 5]);
        OperationDecision decision = OperationPlan.Next(Operation([1]), five.Observe());
        Assert.Equal(("Failed", "spec.nodes: node 2 answers, and is not named: name it, too, and nothing that only it has is lost"), (decision.Phase, decision.Message));
        five.Away.Remove(3);
        five.Away.Add(1);
        Assert.Equal("waiting for node 1, which is named and does not answer", OperationPlan.Next(Operation([1, 2, 3]), five.Observe()).Message);
    }

    [Fact]
    public void Other_work_names_no_nodes()
    {
        V1MfsHaOperation operation = Operation([1]);
        operation.Spec.Type = "Verify";
        Assert.Equal("spec.nodes, spec.confirm: Verify has none", Next(operation).Message);
    }

    private void Lose(params int[] nodes)
    {
        foreach (int node in nodes)
        {
            _cluster.LoseDisk(node);
        }

        _ = _cluster.Pass();
    }

    // As the controller does: what is decided is written before it is done.
    private void Step(V1MfsHaOperation operation)
    {
        OperationDecision decision = Next(operation);
        operation.Status = new MfsHaOperationStatus
        {
            Phase = decision.Phase, Message = decision.Message, Lost = decision.Lost is { } lost ? [.. lost] : operation.Status?.Lost, Forced = decision.IsForced ? true : operation.Status?.Forced,
        };
        _cluster.Do(decision.Actions);
    }

    private void Run(V1MfsHaOperation operation)
    {
        for (int pass = 0; pass < 40 && operation.Status?.Phase is not ("Succeeded" or "Failed"); pass++)
        {
            Step(operation);
            _ = _cluster.Pass();
        }

        Assert.Equal("Succeeded", operation.Status!.Phase);
    }

    private OperationDecision Next(V1MfsHaOperation operation) => OperationPlan.Next(operation, _cluster.Observe());

    private static V1MfsHaOperation Operation(int[] nodes, string? confirm = "c") => new()
    {
        Metadata = new V1ObjectMeta { Name = "op", NamespaceProperty = "ns", Uid = "operation" },
        Spec = { Cluster = "c", Type = "RecoverQuorum", Nodes = nodes, Confirm = confirm },
    };
}

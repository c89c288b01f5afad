using MfsHa.Cluster.Formation;
using MfsHa.NodeLink;
using Xunit;

namespace MfsHa.Cluster.Tests.Formation;

public sealed class FormationRulesTests
{
    private static readonly NodeId[] Three = [new(1), new(2), new(3)];
    private static readonly Guid Cluster = Guid.NewGuid();

    [Fact]
    public void The_lowest_node_forms_the_cluster_when_all_are_empty()
    {
        var (a, b, c) = (Empty(1), Empty(2), Empty(3));

        var step = FormationRules.Next(a, Three, [b, c], () => Cluster);

        var ready = Assert.IsType<FormationStep.Ready>(step);
        Assert.Equal(Cluster, ready.Identity.Cluster);
        Assert.Equal([new(a.Node, a.Instance, 7), new(b.Node, b.Instance, 7), new(c.Node, c.Instance, 7)], ready.Identity.Founders);
        Assert.True(ready.Identity.IsFounder);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Other_nodes_wait_for_the_lowest(int self) =>
        Assert.IsType<FormationStep.Wait>(FormationRules.Next(Empty(self), Three, [.. Others(self).Select(Empty)], () => Cluster));

    [Fact]
    public void Nothing_is_formed_while_a_node_is_silent()
    {
        var step = FormationRules.Next(Empty(1), Three, [Empty(2)], () => Cluster);

        Assert.Contains("3", Assert.IsType<FormationStep.Wait>(step).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_founder_adopts_the_cluster_from_any_node_that_knows_it()
    {
        var (a, b, c) = (Empty(1), Empty(2), Empty(3));
        var formed = ((FormationStep.Ready)FormationRules.Next(a, Three, [b, c], () => Cluster)).Identity;

        var step = FormationRules.Next(c, Three, [formed], () => throw new InvalidOperationException("no second cluster"));

        Assert.Equal(Cluster, Assert.IsType<FormationStep.Ready>(step).Identity.Cluster);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_node_that_lost_its_disk_waits_to_be_added_even_if_it_is_the_lowest(int lost)
    {
        var formed = ((FormationStep.Ready)FormationRules.Next(Empty(1), Three, [Empty(2), Empty(3)], () => Cluster)).Identity;
        var survivor = formed with { Node = new(3), Instance = formed.Founders[2].Instance };

        var step = FormationRules.Next(Empty(lost), Three, [survivor], () => throw new InvalidOperationException("no second cluster"));

        var join = Assert.IsType<FormationStep.Join>(step);
        Assert.Equal(Cluster, join.Identity.Cluster);
        Assert.False(join.Identity.IsFounder);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Nodes_that_may_not_form_a_cluster_wait_although_all_answer_and_join_one_that_exists(int self)
    {
        var others = Others(self).Select(Empty).ToArray();
        FormationStep Next(params NodeIdentity[] answers) => FormationRules.Next(Empty(self), Three, answers, () => throw new InvalidOperationException("no new cluster"), mayForm: false);
        Assert.Contains("may not form a cluster", Assert.IsType<FormationStep.Wait>(Next(others)).Reason, StringComparison.Ordinal);
        Assert.IsType<FormationStep.Join>(Next(others[0], others[1] with { Cluster = Cluster }));
    }

    [Fact]
    public void Nodes_of_different_clusters_are_refused()
    {
        var one = Empty(2) with { Cluster = Guid.NewGuid() };
        var other = Empty(3) with { Cluster = Guid.NewGuid() };

        Assert.IsType<FormationStep.Refuse>(FormationRules.Next(Empty(1), Three, [one, other], () => Cluster));
    }

    private static NodeIdentity Empty(int node) => new(new NodeId((ushort)node), Guid.NewGuid(), 7, Guid.Empty, []);

    private static IEnumerable<int> Others(int self) => Three.Select(static n => (int)n.Value).Where(n => n != self);
}

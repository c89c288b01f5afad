using MfsHa.Metadata.SystemGroup;
using MfsHa.Protocol;

namespace MfsHa.Metadata.Tests.SystemGroup;

public sealed class FormationTests
{
    [Fact]
    public void Nothing_works_before_the_cluster_is_formed()
    {
        var system = new SystemHarness(formed: false);

        Assert.Equal(StatusCode.NotStarted, system.Ask(new GetCluster()).Status);
        Assert.Equal(StatusCode.NotStarted, system.Status(SystemHarness.NewSession()));
    }

    [Fact]
    public void Forming_again_with_the_same_identity_changes_nothing()
    {
        var system = new SystemHarness();
        system.Now += 50;

        var again = Assert.IsType<ClusterReply>(system.Do(SystemHarness.Form()));

        Assert.Equal(1_000_000u, again.Cluster.Formed);
        Assert.Equal(StatusCode.EExist, system.Status(SystemHarness.Form(metaId: 2)));
        Assert.Equal(SystemHarness.MetaId, Assert.IsType<ClusterReply>(system.Ask(new GetCluster())).Cluster.MetaId);
    }

    [Fact]
    public void A_cluster_without_a_metaid_is_refused() =>
        Assert.Equal(StatusCode.EInval, new SystemHarness(formed: false).Status(SystemHarness.Form(metaId: 0)));

    [Fact]
    public void Founders_are_active_and_hold_the_first_placements()
    {
        var system = new SystemHarness(shards: 4);

        var nodes = Assert.IsType<NodesReply>(system.Ask(new ListNodes())).Nodes;
        var placements = Assert.IsType<PlacementsReply>(system.Ask(new ListPlacements())).Placements;

        Assert.All(nodes, static n => Assert.Equal(NodeState.Active, n.State));
        Assert.Equal([1, 2, 3], nodes.Select(static n => (int)n.Node));
        Assert.Equal(4, placements.Length);
        Assert.Equal<ushort>([2, 3, 1], placements[1].Nodes);
    }

    [Fact]
    public void One_shard_owns_all_ids()
    {
        var leases = Assert.IsType<LeasesReply>(new SystemHarness().Ask(new ListLeases())).Leases;

        Assert.Equal([(IdKind.Inode, 0UL, 1UL << 29), (IdKind.Chunk, 0UL, 1UL << 56)], leases.Select(static l => (l.Kind, l.First, l.Count)));
    }

    [Fact]
    public void Leases_of_several_shards_never_overlap()
    {
        var system = new SystemHarness(shards: 3);
        for (ulong i = 0; i < 50; i++)
        {
            Assert.Equal(StatusCode.Ok, system.Status(new LeaseIds(IdKind.Inode, (ushort)(i * 7 % 3)) { Token = i + 1 }));
            Assert.Equal(StatusCode.Ok, system.Status(new LeaseIds(IdKind.Inode, (ushort)(i * 7 % 3)) { Token = i + 1 }));
        }

        var inodes = Assert.IsType<LeasesReply>(system.Ask(new ListLeases())).Leases.Where(static l => l.Kind == IdKind.Inode).ToArray();
        Assert.Equal(53, inodes.Length);
        for (var i = 1; i < inodes.Length; i++)
        {
            Assert.Equal(inodes[i - 1].First + inodes[i - 1].Count, inodes[i].First);
        }

        Assert.Equal(StatusCode.EInval, system.Status(new LeaseIds(IdKind.Inode, 3)));
    }

    [Fact]
    public void Leasing_ends_when_everything_is_leased()
    {
        var system = new SystemHarness();
        Assert.Equal(StatusCode.NoSpace, system.Status(new LeaseIds(IdKind.Inode, 0)));
    }

    [Fact]
    public void A_placement_changes_only_on_what_the_proposer_saw()
    {
        var system = new SystemHarness();

        Assert.Equal(StatusCode.Mismatch, system.Status(new SetPlacement(0, 5, [1])));
        Assert.Equal(StatusCode.Ok, system.Status(new SetPlacement(0, 1, [3, 1])));
        Assert.Equal(StatusCode.Mismatch, system.Status(new SetPlacement(0, 1, [2])));
        Assert.Equal(StatusCode.EInval, system.Status(new SetPlacement(0, 2, [2, 2])));
        Assert.Equal(StatusCode.EInval, system.Status(new SetPlacement(0, 2, [9])));
        Assert.Equal(StatusCode.EInval, system.Status(new SetPlacement(1, 1, [1])));
    }

    [Fact]
    public void A_removed_node_comes_back_only_as_a_new_incarnation()
    {
        var system = new SystemHarness();
        NodeRecord Node(uint incarnation) => new() { Node = 3, Incarnation = incarnation, Address = "new:1" };

        Assert.Equal(StatusCode.EExist, system.Status(new AddNode(Node(34))));
        Assert.Equal(StatusCode.NotFound, system.Status(new SetNodeState(3, 34, NodeState.Removed)));
        Assert.Equal(StatusCode.Ok, system.Status(new SetNodeState(3, 33, NodeState.Removed)));
        Assert.Equal(StatusCode.EInval, system.Status(new SetNodeState(3, 33, NodeState.Active)));
        Assert.Equal(StatusCode.EInval, system.Status(new AddNode(Node(33))));
        Assert.Equal(StatusCode.Ok, system.Status(new AddNode(Node(34))));
        Assert.Equal(StatusCode.Ok, system.Status(new SetNodeState(3, 34, NodeState.Active)));
        Assert.Equal(StatusCode.Ok, system.Status(new SetNodeState(3, 34, NodeState.Removed)));
        Assert.Equal(StatusCode.EInval, system.Status(new AddNode(Node(33))));
    }

    [Fact]
    public void Options_are_set_listed_and_removed()
    {
        var system = new SystemHarness();

        Assert.Equal(StatusCode.Ok, system.Status(new SetOption(new("b"), [2])));
        Assert.Equal(StatusCode.Ok, system.Status(new SetOption(new("a"), [1])));
        Assert.Equal(StatusCode.EInval, system.Status(new SetOption(new("c"), new byte[Option.MaxLength + 1])));
        Assert.Equal(["a", "b"], Assert.IsType<OptionsReply>(system.Ask(new ListOptions())).Options.Select(static o => o.Name.ToString()));
        Assert.Equal(StatusCode.Ok, system.Status(new SetOption(new("a"), null)));
        Assert.Single(Assert.IsType<OptionsReply>(system.Ask(new ListOptions())).Options);
    }
}

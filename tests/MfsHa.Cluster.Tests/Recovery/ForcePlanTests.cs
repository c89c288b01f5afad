using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Recovery;
using Xunit;

namespace MfsHa.Cluster.Tests.Recovery;

public sealed class ForcePlanTests
{
    private static readonly Guid Cluster = new("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void The_longest_log_goes_on_a_later_term_before_a_greater_index()
    {
        var plan = ForcePlan.Make([Node(1, [1, 2, 3, 4, 5], (4, 50), (7, 10)), Node(2, [1, 2, 3, 4, 5], (3, 90), (7, 11))], groupCount: 2);
        Assert.Equal([(0, 1), (1, 2)], plan.Steps.Select(static s => ((int)s.Group, (int)s.Node.Node)));
        Assert.Equal([3, 4, 5], plan.Lost.Select(static n => (int)n));
    }

    [Fact]
    public void Of_equal_logs_that_of_the_leader_goes_on()
    {
        var leader = Node(2, [1, 2, 3, 4, 5], (4, 50));
        leader = leader with { Replicas = [leader.Replicas[0] with { Leads = true }] };
        Assert.Equal(2, Assert.Single(ForcePlan.Make([Node(1, [1, 2, 3, 4, 5], (4, 50)), leader], 1).Steps).Node.Node);
    }

    [Fact]
    public void A_quorum_is_never_overruled() =>
        Assert.Contains("group 0 has a quorum: 2 of its 3 members answer", Refused([Node(1, [1, 2, 3], (4, 50)), Node(2, [1, 2, 3], (4, 50))]), StringComparison.Ordinal);

    [Fact]
    public void A_node_that_answers_must_be_named() =>
        Assert.Contains("node 3 answers node 1, and is not named", Refused([Node(1, [1, 2, 3], (4, 50)) with { Alive = [3] }]), StringComparison.Ordinal);

    [Fact]
    public void A_node_that_waits_with_an_empty_directory_is_not_in_the_way()
    {
        ForceSurvey[] named = [Node(1, [1, 2, 3], (4, 50)) with { Alive = [2, 3] }];
        var empty = new ForceSurvey(new KeptNode(3, 9), Cluster, [1, 2], [], [new SurveyedReplica(0, 0, 0, 0, false, false, [], 9)]);
        var unformed = new ForceSurvey(new KeptNode(2, 8), Guid.Empty, [1, 3], [], []);
        Assert.Equal([2, 3], ForcePlan.Make(named, 1, [empty, unformed]).Lost.Select(static n => (int)n));

        ForceSurvey[] others =
        [
            Node(3, [1, 2, 3], (4, 50)),

            // It starts; it was let in by others; it has entries, and is a member no more.
            empty with { Replicas = [] },
            empty with { Replicas = [empty.Replicas[0] with { Members = [new KeptNode(2, 1), new KeptNode(3, 9)] }] },
            empty with { Replicas = [empty.Replicas[0] with { Last = 3 }] },
        ];
        Assert.All(others, o => Assert.Contains(
            "node 3 answers node 1, and is not named", Assert.Throws<MembershipException>(() => ForcePlan.Make(named, 1, [o, unformed])).Message, StringComparison.Ordinal));
        Assert.Contains("node 3 answers", Assert.Throws<MembershipException>(() => ForcePlan.Make(named, 1, [unformed])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_of_other_clusters_and_nodes_that_start_are_refused()
    {
        Assert.Contains("belongs to cluster", Refused([Node(1, [1, 2, 3, 4, 5], (4, 50)), Node(2, [1, 2, 3, 4, 5], (4, 50)) with { Cluster = Guid.Empty }]), StringComparison.Ordinal);
        Assert.Contains("still starting", Refused([Node(1, [1, 2, 3]) with { Replicas = [] }]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_is_no_member_of_a_group_cannot_go_on_with_it()
    {
        // It was added, and had not caught up when the others died.
        Assert.Contains("none of the named nodes is a member of group 0", Refused([Node(4, [1, 2, 3], (4, 50))]), StringComparison.Ordinal);

        // Another data directory of the same node is another member.
        var anew = Node(1, [1, 2, 3], (4, 50)) with { Self = new KeptNode(1, 2) };
        Assert.Contains("none of the named nodes", Refused([anew]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_repetition_goes_on_where_the_first_attempt_stopped()
    {
        var survivor = Node(1, [1, 2, 3], (5, 60), (4, 50));
        survivor = survivor with { Replicas = [survivor.Replicas[0] with { Members = [new KeptNode(1, 1)] }, survivor.Replicas[1]], Known = [1] };
        var plan = ForcePlan.Make([survivor], 2);
        Assert.Equal([true, false], plan.Steps.Select(static s => s.IsForced));
        var done = survivor with { Replicas = [survivor.Replicas[0]] };
        Assert.Contains("nothing to force", Refused([done]), StringComparison.Ordinal);

        // It died before the group's first command.
        Assert.True(Assert.Single(ForcePlan.Make([done with { Replicas = [done.Replicas[0] with { Forcing = true }] }], 1).Steps).IsForced);
    }

    [Fact]
    public void Only_groups_that_have_lost_their_quorum_are_forced()
    {
        // Three of five nodes are left; the shard had two of its three replicas on the others.
        ForceSurvey[] named = [Node(1, [1, 2, 3, 4, 5], (4, 50)), Node(2, [1, 2, 3, 4, 5], (4, 50)), Node(3, [1, 2, 3, 4, 5], (4, 50))];
        named[2] = named[2] with { Replicas = [.. named[2].Replicas, new SurveyedReplica(1, 6, 40, 39, false, false, [new(3, 1), new(4, 1), new(5, 1)], 1)] };
        var plan = ForcePlan.Make(named, groupCount: 2);
        Assert.Equal([(0, true), (1, false)], plan.Steps.Select(static s => ((int)s.Group, s.HasQuorum)));
        Assert.Equal(3, plan.Steps[1].Node.Node);
        Assert.Equal([4, 5], plan.Lost.Select(static n => (int)n));
        Assert.Contains("none of the named nodes is a member of group 1", Assert.Throws<MembershipException>(() => ForcePlan.Make(named[..2], groupCount: 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replica_that_came_back_is_the_member_that_it_is_in_the_group()
    {
        var node = Node(1, [1, 2, 3, 4, 5], (4, 50));
        var replica = new SurveyedReplica(1, 6, 40, 39, false, false, [new(1, 9), new(4, 1), new(5, 1)], 9);
        Assert.Equal(1, ForcePlan.Make([node with { Replicas = [.. node.Replicas, replica] }], groupCount: 2).Steps[1].Here);
        var former = replica with { Incarnation = 1 };
        Assert.Contains(
            "none of the named nodes is a member of group 1",
            Assert.Throws<MembershipException>(() => ForcePlan.Make([node with { Replicas = [.. node.Replicas, former] }], groupCount: 2)).Message,
            StringComparison.Ordinal);
    }

    private static string Refused(ForceSurvey[] named) => Assert.Throws<MembershipException>(() => ForcePlan.Make(named, groupCount: 1)).Message;

    private static ForceSurvey Node(ushort id, ushort[] members, params (long Term, long Last)[] logs) => new(
        new KeptNode(id, 1), Cluster, [], members,
        [.. logs.Select((log, group) => new SurveyedReplica((ushort)group, log.Term, log.Last, log.Last - 1, false, false, [.. members.Select(static m => new KeptNode(m, 1))], 0))]);
}

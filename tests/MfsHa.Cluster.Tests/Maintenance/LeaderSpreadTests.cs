using MfsHa.Cluster.Maintenance;
using MfsHa.Cluster.Status;
using Xunit;

namespace MfsHa.Cluster.Tests.Maintenance;

public sealed class LeaderSpreadTests
{
    private const int Groups = 9;

    [Fact]
    public void Leaders_are_spread_until_all_nodes_have_equally_many()
    {
        int[] leaders = [1, 1, 1, 1, 1, 1, 1, 1, 1];
        var moves = Settle(leaders, [0, 0, 0]);
        Assert.Equal(6, moves);
        Assert.All(Enumerable.Range(1, 3), node => Assert.Equal(3, leaders.Count(l => l == node)));
    }

    [Fact]
    public void A_difference_of_one_moves_nothing() => Assert.Equal(0, Settle([1, 1, 1, 2, 2, 2, 3, 3], [0, 0, 0]));

    [Fact]
    public void Nodes_of_the_greatest_priority_share_all_leaders()
    {
        int[] leaders = [1, 2, 3, 1, 2, 3, 1, 2, 3];
        Settle(leaders, [5, 1, 5]);
        Assert.DoesNotContain(2, leaders);
        Assert.InRange(leaders.Count(static l => l == 1), 4, 5);
    }

    [Fact]
    public void Who_has_just_started_is_not_ready_or_lags_gets_none()
    {
        var self = Node(1, 0, [1, 1, 1]);
        Assert.Null(LeaderSpread.Next(self, [Node(2, 0, [1, 1, 1]) with { UptimeSeconds = 3 }]));
        Assert.Null(LeaderSpread.Next(self, [Node(2, 0, [1, 1, 1]) with { Ready = false }]));
        Assert.Null(LeaderSpread.Next(self, [Node(2, 0, [1, 1, 1], applied: 1)]));
        Assert.Equal(((ushort)0, (ushort)2), LeaderSpread.Next(self, [Node(2, 0, [1, 1, 1])]));
    }

    [Fact]
    public void Only_members_of_a_group_take_it_over()
    {
        var self = Node(1, 0, [1, 1, 1]);
        var own = self with { Replicas = [.. self.Replicas.Select(static r => r with { Members = r.Group == 2 ? [1, 2] : [1, 3] })] };
        Assert.Equal(((ushort)2, (ushort)2), LeaderSpread.Next(own, [Node(2, 0, [1, 1, 1])]));
    }

    [Fact]
    public void A_drained_node_gives_its_leaders_to_who_has_warmed_up_and_is_not_drained_itself()
    {
        var self = Node(1, 0, [1, 1, 1]) with { Draining = true };
        Assert.Equal((ushort)3, LeaderSpread.Successor(self, 1, [Node(2, 9, [1, 1, 1]) with { UptimeSeconds = 3 }, Node(3, 0, [1, 1, 1])]));
        Assert.Equal((ushort)2, LeaderSpread.Successor(self, 1, [Node(2, 0, [1, 1, 1]) with { UptimeSeconds = 3 }, Node(3, 0, [1, 1, 1]) with { Draining = true }]));
        Assert.Null(LeaderSpread.Successor(self, 1, [Node(2, 0, [1, 1, 1], applied: 1)]));
        Assert.Null(LeaderSpread.Next(Node(1, 0, [1, 1, 1]), [Node(2, 0, [1, 1, 1]) with { Draining = true }]));
    }

    // Lets every node in turn move one group until nobody moves any. Returns the number of moves.
    private static int Settle(int[] leaders, int[] priorities)
    {
        var moves = 0;
        for (var idle = 0; idle < 3; idle++)
        {
            for (var node = 1; node <= 3; node++)
            {
                var others = Enumerable.Range(1, 3).Where(n => n != node).Select(n => Node(n, priorities[n - 1], leaders)).ToArray();
                if (LeaderSpread.Next(Node(node, priorities[node - 1], leaders), others) is var (group, target))
                {
                    leaders[group] = target;
                    idle = -1;
                    Assert.True(++moves < 10 * Groups, "leaders wander for ever");
                }
            }
        }

        return moves;
    }

    private static NodeReport Node(int id, int priority, int[] leaders, long applied = 100_000) => new()
    {
        Node = (ushort)id,
        Version = "",
        Cluster = Guid.Empty,
        Ready = true,
        UptimeSeconds = 100,
        ResidentBytes = 0,
        Priority = priority,
        ChunkServers = 0,
        Replicas = [.. leaders.Select((leader, group) => new ReplicaReport
        {
            Group = (ushort)group,
            Leader = (ushort)leader,
            Term = 3,
            IsReadyLeader = leader == id,
            Applied = applied,
            Durable = 0,
            HotRecords = 0,
            Members = [1, 2, 3],
        })],
    };
}

using MfsHa.NodeLink;
using MfsHa.Replication.Locations;
using MfsHa.Replication.Ring;
using MfsHa.Replication.Tests.Locations;
using Xunit;

namespace MfsHa.Replication.Tests.Ring;

public sealed class RingSimulationTests
{
    /// <summary>Small, so that deltas overflow and answers come in pieces.</summary>
    private static readonly RingOptions Small = new() { MaxDeltaBytes = 150, MaxReplyBytes = 200, KnowledgeEvery = 1 };

    /// <summary>Seeds per case; MFSHA_SIMULATION_SEEDS asks for more.</summary>
    private static readonly int Seeds = int.TryParse(Environment.GetEnvironmentVariable("MFSHA_SIMULATION_SEEDS"), out var seeds) ? seeds : 15;

    public static TheoryData<int, int, int, bool> Rings => new()
    {
        // nodes, successors, remembered removals, streaming
        { 3, 2, 1000, true },
        { 3, 1, 0, true },
        { 5, 2, 1000, true },
        { 5, 2, 2, true },
        { 5, 1, 1000, false },
        { 7, 2, 5, false },
    };

    /// <summary>All deltas were lost, and no interval has passed: whoever asks all others has everything, the others still have not.</summary>
    [Fact]
    public async Task Who_asks_all_others_has_what_lost_messages_held()
    {
        var simulation = New(seed: 1, nodes: 4, successors: 2, maxTombstones: 1000, streaming: true);
        var (writer, doubtful, other) = (simulation.Nodes[new NodeId(1)], simulation.Nodes[new NodeId(3)], simulation.Nodes[new NodeId(4)]);
        simulation.Settle();
        simulation.Network.LossPercent = 100;
        simulation.Connect(new NodeId(1), server: 1, chunks: 500);
        simulation.Connect(new NodeId(2), server: 2, chunks: 300);
        writer.Ring.Flush();
        simulation.Nodes[new NodeId(2)].Ring.Flush();
        simulation.Network.DeliverAll();
        Assert.Empty(await PullAllAsync(simulation, doubtful));
        Assert.NotEqual(writer.Locations.Dump(), doubtful.Locations.Dump());

        simulation.Network.LossPercent = 0;
        Assert.Equal([new NodeId(1), new NodeId(2), new NodeId(4)], await PullAllAsync(simulation, doubtful));
        Assert.Equal(2, doubtful.Ring.Position().Positions.Count);
        simulation.Model.AssertSame(doubtful.Locations);
        Assert.NotEqual(other.Locations.Dump(), doubtful.Locations.Dump());
    }

    private static Task<IReadOnlyList<NodeId>> PullAllAsync(RingSimulation simulation, RingSimulation.SimulatedNode node)
    {
        var pulls = node.Ring.PullAllAsync(TestContext.Current.CancellationToken);
        simulation.Network.DeliverAll();
        Assert.True(pulls.IsCompleted); // continuations run at once
        return pulls;
    }

    [Theory]
    [MemberData(nameof(Rings))]
    public void Replicas_converge_after_any_trouble(int nodes, int successors, int maxTombstones, bool streaming)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var simulation = New(seed, nodes, successors, maxTombstones, streaming);
            simulation.Run(1500, withCrashes: false);
            var intervals = simulation.Heal(maxIntervals: 2 * nodes);
            Assert.True(intervals >= 0, $"seed {seed}: not equal after {2 * nodes} intervals\n{simulation.FirstDifference()}");
            foreach (var node in simulation.Nodes.Values)
                simulation.Model.AssertSame(node.Locations);
        }
    }

    [Theory]
    [MemberData(nameof(Rings))]
    public void Replicas_converge_after_nodes_lost_their_memory(int nodes, int successors, int maxTombstones, bool streaming)
    {
        for (var seed = 100_000; seed < 100_000 + Seeds; seed++)
        {
            var simulation = New(seed, nodes, successors, maxTombstones, streaming);
            simulation.Run(1500, withCrashes: true);
            // When a node is gone in the middle of its pieces, those who took them insist on the rest for a few intervals each.
            var limit = (2 * nodes) + (3 * ChunkLocations.MaxStuckTicks);
            Assert.True(simulation.Heal(limit) >= 0, $"seed {seed}: not equal after {limit} intervals\n{simulation.FirstDifference()}");
        }
    }

    [Fact]
    public void A_seed_gives_the_same_run_again()
    {
        var runs = Enumerable.Range(0, 2).Select(_ =>
        {
            var simulation = New(7, 5, 2, 5, streaming: true);
            simulation.Run(2000, withCrashes: true);
            return (string.Join("\n", simulation.Dumps()), simulation.Network.BytesSent);
        }).ToList();
        Assert.Equal(runs[0], runs[1]);
    }

    [Fact]
    public void Without_trouble_a_change_reaches_all_by_deltas_alone()
    {
        var simulation = new RingSimulation(1, 7, new RingOptions(), maxTombstones: 1000);
        Assert.True(simulation.Heal(10) >= 0);
        Know(simulation);
        simulation.Connect(new NodeId(3), server: 1, chunks: 50);
        // Only pushes: nobody compares digests.
        for (var hop = 0; hop < 4; hop++)
        {
            foreach (var node in simulation.Nodes.Values)
                node.Ring.Flush();
            simulation.Network.DeliverAll();
        }

        foreach (var node in simulation.Nodes.Values)
            simulation.Model.AssertSame(node.Locations);
    }

    [Fact]
    public void A_node_that_starts_empty_gets_the_full_state_from_its_successors()
    {
        var simulation = new RingSimulation(1, 5, Small, maxTombstones: 1000);
        for (ushort server = 1; server <= 4; server++)
            simulation.Connect(new NodeId(server), server, chunks: 200);
        Assert.True(simulation.Heal(10) >= 0);
        simulation.Restart(new NodeId(5));
        Assert.True(simulation.Heal(2) >= 0);
        simulation.Model.AssertSame(simulation.Nodes[new NodeId(5)].Locations);
    }

    [Fact]
    public void Removals_are_forgotten_when_every_member_has_seen_them_and_not_before()
    {
        var simulation = new RingSimulation(1, 5, Small, maxTombstones: 1_000_000);
        var writer = simulation.Nodes[new NodeId(1)];
        var server = simulation.Connect(new NodeId(1), server: 1, chunks: 300);
        Assert.True(simulation.Heal(10) >= 0);

        // Node 4 is cut off: it has not seen the removals.
        simulation.Network.Islands[new NodeId(4)] = 1;
        writer.Locations.ReportLost(server, [.. Enumerable.Range(1, 200).Select(chunk => (ulong)chunk)]);
        Gossip(simulation, 20);
        Assert.All(Others(4), node => Assert.Equal(300, node.Locations.ChunkCount));
        Assert.All(Others(4), node => Assert.Equal(100, node.Locations.CountChunks(server)));

        simulation.Network.Islands.Clear();
        Gossip(simulation, 20);
        Assert.All(simulation.Nodes.Values, node => Assert.Equal(100, node.Locations.ChunkCount));

        IEnumerable<RingSimulation.SimulatedNode> Others(ushort except) => simulation.Nodes.Where(pair => pair.Key.Value != except).Select(pair => pair.Value);
    }

    [Fact]
    public void At_rest_digests_are_all_that_is_sent()
    {
        var simulation = new RingSimulation(1, 5, new RingOptions { KnowledgeEvery = 1000 }, maxTombstones: 1000);
        for (ushort server = 1; server <= 4; server++)
            simulation.Connect(new NodeId(server), server, chunks: 1000);
        Assert.True(simulation.Heal(10) >= 0);
        Gossip(simulation, 2);
        var before = simulation.Network.BytesSent;
        Gossip(simulation, 1);
        // 5 nodes ask 2 successors; question and answer carry 4 streams and a small summary each.
        Assert.InRange(simulation.Network.BytesSent - before, 1, 5 * 2 * 2 * 150);
    }

    private static RingSimulation New(int seed, int nodes, int successors, int maxTombstones, bool streaming)
        => new(seed, nodes, Small with { Successors = successors, AsyncReplication = streaming }, maxTombstones);

    private static void Know(RingSimulation simulation) => Gossip(simulation, 1);

    private static void Gossip(RingSimulation simulation, int intervals)
    {
        for (var interval = 0; interval < intervals; interval++)
        {
            foreach (var node in simulation.Nodes.Values)
                node.Ring.Tick();
            simulation.Settle();
        }
    }
}

using System.Diagnostics;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Replicas;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Tests.Hosting;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.State;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using MfsHa.Storage.State;
using Xunit;

namespace MfsHa.Cluster.Tests.Membership;

/// <summary>Five nodes, and three replicas of each shard.</summary>
public sealed class SubsetTests(ITestOutputHelper output)
{
    private const ushort Shards = 4;
    private const int Replicas = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_shard_is_on_three_of_five_nodes_and_all_of_them_serve_it()
    {
        await using var cluster = await StartAsync();
        var placed = Where(cluster);
        Assert.All(placed.Values, static nodes => Assert.Equal(Replicas, nodes.Length));
        Assert.All(Enumerable.Range(1, 5), n => Assert.InRange(placed.Values.Count(p => p.Contains((ushort)n)), 1, Shards - 1));
        var made = await MakeOnAllAsync(cluster, "before");
        await AssertReadEverywhereAsync(cluster, made);

        // A dead node is missed by nobody; nothing moves for it.
        var dead = placed.Values.First()[0] - 1;
        await cluster.StopAsync(dead);
        made = [.. made, .. await MakeOnAllAsync(cluster, "without")];
        await AssertReadEverywhereAsync(cluster, made);
        await cluster.StartAsync(dead, Cancellation);
        await PlacedAsync(cluster);
        Assert.Equal(placed.Select(Text), Where(cluster).Select(Text));
        await AssertReadEverywhereAsync(cluster, made);
        await AssertReplicasAgreeAsync(cluster);
    }

    [Fact]
    public async Task A_shard_moves_to_and_fro_while_directories_are_made_and_comes_back_as_another_member()
    {
        await using var cluster = await StartAsync();
        using var stop = new CancellationTokenSource();
        Task<(int Made, TimeSpan Slowest)>[] writers = [.. Enumerable.Range(0, 5).Select(n => WriteAsync(cluster.Hosts[n]!, $"w{n}-", stop.Token))];
        var (from, to) = ((ushort)Where(cluster)[0][0], Enumerable.Range(1, 5).Select(static n => (ushort)n).First(n => !Where(cluster)[0].Contains(n)));
        var former = await IncarnationAsync(cluster, 0, from);
        for (var turn = 0; turn < 4; turn++)
        {
            await MoveAsync(cluster, 0, from, to);
            Assert.Contains(to, Where(cluster)[0]);
            (from, to) = (to, from);
        }

        await stop.CancelAsync();
        var written = await Task.WhenAll(writers);
        output.WriteLine($"{written.Sum(static w => w.Made)} directories made, the slowest took {written.Max(static w => w.Slowest).TotalMilliseconds:0} ms");
        Assert.NotEqual(former, await IncarnationAsync(cluster, 0, from));
        await AssertReadEverywhereAsync(cluster, [.. written.SelectMany(static (w, n) => Enumerable.Range(0, w.Made).Select(i => $"w{n}-{i}"))]);
        await AssertReplicasAgreeAsync(cluster);
    }

    [Fact]
    public async Task A_leader_that_is_to_go_hands_over_first()
    {
        await using var cluster = await StartAsync();
        for (ushort shard = 0; shard < Shards; shard++)
        {
            var leader = await LeaderAsync(cluster, shard);
            var placed = Where(cluster)[shard];
            await MoveAsync(cluster, shard, leader, Enumerable.Range(1, 5).Select(static n => (ushort)n).First(n => !placed.Contains(n)));
            Assert.DoesNotContain(leader, Where(cluster)[shard]);
            Assert.NotEqual(leader, await LeaderAsync(cluster, shard));
        }

        await AssertReadEverywhereAsync(cluster, await MakeOnAllAsync(cluster, "after"));
        await AssertReplicasAgreeAsync(cluster);
    }

    [Fact]
    public async Task A_move_waits_for_a_node_that_is_away_and_goes_on_when_it_is_back()
    {
        await using var cluster = await StartAsync();
        var placed = Where(cluster)[0];
        var to = Enumerable.Range(1, 5).Select(static n => (ushort)n).First(n => !placed.Contains(n));
        var from = placed.First(n => n != 1);
        var asked = cluster.Hosts.Select(static (h, i) => (Host: h!, Node: i + 1)).First(h => h.Node != to && h.Node != from).Host;

        // The target goes just after the decision: whatever is half done stays so, with all three members.
        await asked.Moves.MoveAsync(0, new NodeId(from), new NodeId(to), isForced: false, Cancellation);
        await cluster.StopAsync(to - 1);
        var made = await MakeOnAllAsync(cluster, "half");
        var members = (await asked.SurveyAsync(Cancellation)).MembersOf(GroupNumbers.OfShard(0));
        Assert.All(placed, n => Assert.Contains(n, members));
        await cluster.StartAsync(to - 1, Cancellation);
        await PlacedAsync(cluster);
        Assert.Equal([.. placed.Where(n => n != from).Append(to).Order()], Where(cluster)[0]);

        // And now the source, which has a replica that is to be dropped when it comes back.
        placed = Where(cluster)[0];
        await cluster.StopAsync(to - 1);
        await asked.Moves.MoveAsync(0, new NodeId(to), new NodeId(from), isForced: false, Cancellation);
        await PollAsync(async () => (await asked.SurveyAsync(Cancellation)).MembersOf(GroupNumbers.OfShard(0)).Contains(to) is false, "the dead node is no member any more");
        await cluster.StartAsync(to - 1, Cancellation);
        await PlacedAsync(cluster);
        made = [.. made, .. await MakeOnAllAsync(cluster, "whole")];
        await AssertReadEverywhereAsync(cluster, made);
        await AssertReplicasAgreeAsync(cluster);
    }

    [Fact]
    public async Task What_an_interrupted_removal_has_left_is_deleted_before_the_replica_comes_back()
    {
        await using var cluster = await StartAsync();
        var placed = Where(cluster)[0];
        var absent = Enumerable.Range(1, 5).Select(static n => (ushort)n).First(n => !placed.Contains(n));
        await cluster.StopAsync(absent - 1);

        // As if the node had ended between the end of the log and that of the records.
        using (var store = StateStore.Open(ClusterHost.StateDirectory(cluster.DirectoryOf(absent - 1)), new StateStoreOptions()))
        using (var left = new GroupStore(store, GroupNumbers.OfShard(0)))
        {
            var state = new NamespaceState(left, GroupNumbers.OfShard(0), 1024);
            state.Advance(new LogPosition(1, 1, 1));
            state.WritePending();
            left.Flush();
        }

        await cluster.StartAsync(absent - 1, Cancellation);
        await MoveAsync(cluster, 0, placed[0], absent);
        await AssertReplicasAgreeAsync(cluster);
    }

    [Fact]
    public async Task Any_node_opens_a_cut_of_all_shards()
    {
        await using var cluster = await StartAsync();
        var made = await MakeOnAllAsync(cluster, "d");
        foreach (var host in cluster.Hosts.OfType<ClusterHost>())
        {
            Assert.True(host.Status.Self().Replicas.Length <= Shards, "it has all replicas itself");
            using (var cut = await host.Cuts.OpenAsync(Cancellation))
            {
                Assert.Equal(made.Count + 1, cut.Shards.Sum(static s => s.Counters.Directories));
            }

            using var again = await host.Cuts.OpenAsync(Cancellation);
            Assert.Equal(Shards, again.Shards.Count);
        }
    }

    [Fact]
    public async Task Moves_that_make_no_sense_are_refused()
    {
        await using var cluster = await StartAsync();
        var moves = cluster.Hosts[0]!.Moves;
        var placed = Where(cluster)[0];
        var outside = Enumerable.Range(1, 5).Select(static n => (ushort)n).First(n => !placed.Contains(n));
        async Task<string> RefusedAsync(int shard, int from, int to) =>
            (await Assert.ThrowsAsync<MembershipException>(() => moves.MoveAsync(shard, new NodeId((ushort)from), new NodeId((ushort)to), isForced: false, Cancellation))).Message;

        Assert.Contains("there is no shard 4; the shards are 0..3", await RefusedAsync(4, 1, 2), StringComparison.Ordinal);
        Assert.Contains($"node {outside} has no replica of shard 0", await RefusedAsync(0, outside, 9), StringComparison.Ordinal);
        Assert.Contains($"node {placed[1]} has a replica of shard 0 already", await RefusedAsync(0, placed[0], placed[1]), StringComparison.Ordinal);
        Assert.Contains("there is no node 9", await RefusedAsync(0, placed[0], 9), StringComparison.Ordinal);
        await cluster.StopAsync(outside == 1 ? 1 : outside - 1);
        if (outside != 1)
        {
            await PollAsync(() => Task.FromResult(cluster.Hosts[0]!.Figures().Peers.Any(p => p.Node.Value == outside && !p.IsReachable)), "it is known to be away");
            Assert.Contains($"node {outside} does not answer", await RefusedAsync(0, placed[0], outside), StringComparison.Ordinal);
        }

        Assert.All(await moves.StatusAsync(Cancellation), static m => Assert.Equal(Replicas, m.Wanted.Count));
    }

    [Fact]
    public async Task A_node_that_leaves_leaves_its_places_to_others()
    {
        await using var cluster = await StartAsync();
        var made = await MakeOnAllAsync(cluster, "d");
        var had = Where(cluster).Where(static p => p.Value.Contains((ushort)5)).Select(static p => GroupNumbers.OfShard(p.Key)).ToArray();
        var groups = await cluster.Hosts[0]!.Membership.RemoveAsync(new NodeId(5), isForced: false, Cancellation);
        Assert.Equal([GroupNumbers.System, .. had], groups);
        await cluster.Hosts[4]!.Failed.WaitAsync(Limit, Cancellation);
        await cluster.StopAsync(4);
        await PlacedAsync(cluster);
        Assert.All(Where(cluster).Values, static nodes => Assert.Equal((Replicas, false), (nodes.Length, nodes.Contains((ushort)5))));
        await AssertReadEverywhereAsync(cluster, made);
        await AssertReplicasAgreeAsync(cluster);
    }

    private static async Task<InProcessCluster> StartAsync()
    {
        var cluster = await InProcessCluster.StartAsync(Cancellation, shards: Shards, founders: 5);
        try
        {
            await PlacedAsync(cluster);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static async Task MoveAsync(InProcessCluster cluster, int shard, ushort from, ushort to)
    {
        // Whoever is asked: it may have no part in it.
        await cluster.Hosts.OfType<ClusterHost>().ElementAt(shard % 3).Moves.MoveAsync(shard, new NodeId(from), new NodeId(to), isForced: false, Cancellation);
        await PlacedAsync(cluster);
    }

    private static Task PlacedAsync(InProcessCluster cluster) => PollAsync(
        async () =>
        {
            try
            {
                return (await cluster.Hosts.OfType<ClusterHost>().First().Moves.StatusAsync(Cancellation)).All(static m => m.IsDone && m.Wanted.Count == Replicas);
            }
            catch (MembershipException)
            {
                return false; // it is not formed yet
            }
        },
        "all replicas are where they are to be");

    // By who really has a replica.
    private static SortedDictionary<int, ushort[]> Where(InProcessCluster cluster) => new(
        cluster.Hosts.OfType<ClusterHost>().SelectMany(static h => h.Status.Self().Replicas.Where(static r => r.Group != GroupNumbers.System).Select(r => (Shard: r.Group - 1, h.Status.Self().Node)))
            .GroupBy(static r => r.Shard).ToDictionary(static g => g.Key, static g => g.Select(static r => r.Node).Order().ToArray()));

    private static string Text(KeyValuePair<int, ushort[]> placed) => $"{placed.Key}: {string.Join(",", placed.Value)}";

    private static async Task<ushort> LeaderAsync(InProcessCluster cluster, int shard)
    {
        NodeId leader = NodeId.None;
        await PollAsync(
            async () => (leader = (await cluster.Hosts.OfType<ClusterHost>().First().SurveyAsync(Cancellation)).LeaderOf(GroupNumbers.OfShard(shard))) != NodeId.None, "the shard has a leader");
        return leader.Value;
    }

    private static Task<uint> IncarnationAsync(InProcessCluster cluster, int shard, ushort node) =>
        Task.FromResult(cluster.Hosts[node - 1]!.MemberIn(GroupNumbers.OfShard(shard)).Incarnation);

    private static async Task<IReadOnlyList<string>> MakeOnAllAsync(InProcessCluster cluster, string prefix)
    {
        var names = new List<string>();
        foreach (var (host, node) in cluster.Hosts.Select(static (h, i) => (h, i)).Where(static h => h.h is not null))
        {
            for (var i = 0; i < 6; i++)
            {
                names.Add($"{prefix}-{node}-{i}");
                Assert.Equal(StatusCode.Ok, (await host!.Cluster.ExecuteAsync(Make(names[^1]), Cancellation)).Status);
            }
        }

        return names;
    }

    private static async Task AssertReadEverywhereAsync(InProcessCluster cluster, IReadOnlyCollection<string> names)
    {
        foreach (var host in cluster.Hosts.OfType<ClusterHost>())
        {
            foreach (var name in names)
            {
                // The directory's own shard, too: the entry is in that of the root.
                var found = Assert.IsType<LookupReply>(await host.Cluster.ExecuteAsync(new Lookup(1, new Name(name), Callers.Root), Cancellation));
                Assert.Equal(StatusCode.Ok, (await host.Cluster.ExecuteAsync(new ReadDirectory(found.Inode, ReadDirectoryFlags.WithAttributes, 10, 0, Callers.Root), Cancellation)).Status);
            }
        }
    }

    private static async Task AssertReplicasAgreeAsync(InProcessCluster cluster)
    {
        foreach (var host in cluster.Hosts.OfType<ClusterHost>().Take(1))
        {
            foreach (var group in host.Status.Groups())
            {
                var members = (await host.SurveyAsync(Cancellation)).MembersOf(group);
                var checksums = await host.Status.CompareAsync(group, members.Select(static m => new NodeId(m)), Cancellation);
                Assert.Equal(members.Count, checksums.Count);
                Assert.NotNull(Assert.Single(checksums.Values.Distinct()));
            }
        }
    }

    private static async Task<(int Made, TimeSpan Slowest)> WriteAsync(ClusterHost host, string prefix, CancellationToken stopping)
    {
        var slowest = TimeSpan.Zero;
        for (var made = 0; ; made++)
        {
            if (stopping.IsCancellationRequested)
            {
                return (made, slowest);
            }

            var begun = Stopwatch.GetTimestamp();
            var reply = await host.Cluster.ExecuteAsync(Make($"{prefix}{made}"), Cancellation);
            Assert.True(reply.Status is StatusCode.Ok or StatusCode.EExist, $"{prefix}{made}: {reply.Status}"); // a command that is sent again because its leader went is not recognised here
            slowest = Stopwatch.GetElapsedTime(begun) > slowest ? Stopwatch.GetElapsedTime(begun) : slowest;
            await Task.Delay(20, Cancellation);
        }
    }

    private static MakeDirectory Make(string name) => new(1, new Name(name), 0x1ED, 0, CopySgid: false, Callers.Root);

    private static async Task PollAsync(Func<Task<bool>> condition, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit, $"not in time: {what}");
            await Task.Delay(50, Cancellation);
        }
    }
}

using System.Diagnostics;
using MfsHa.Cluster.Hosting;
using MfsHa.Cluster.Membership;
using MfsHa.Cluster.Routing;
using MfsHa.Cluster.Tests.Hosting;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.SystemGroup;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using Xunit;

namespace MfsHa.Cluster.Tests.Membership;

public sealed class MembershipTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_nodes_become_five_and_three_again_while_directories_are_made()
    {
        await using var cluster = await InProcessCluster.StartAsync(Cancellation, shards: 2, nodes: InProcessCluster.Most);
        using var stop = new CancellationTokenSource();
        var writer = WriteAsync(cluster.Hosts[0]!, stop.Token);

        foreach (var joining in (int[])[3, 4])
        {
            await cluster.StartAsync(joining, Cancellation);
            await PollAsync(() => IsMember(cluster, joining), $"node {joining + 1} is a member");
        }

        Assert.All(cluster.Hosts, h => Assert.Equal<ushort>([1, 2, 3, 4, 5], h!.Status.Self().Replicas.Single(static r => r.Group == GroupNumbers.System).Members));

        foreach (var leaving in (int[])[1, 2])
        {
            var groups = await cluster.Hosts[0]!.Membership.RemoveAsync(cluster.AddressOf(leaving).Id, isForced: false, Cancellation);
            Assert.Equal(GroupNumbers.System, groups[0]);
            var gone = await cluster.Hosts[leaving]!.Failed.WaitAsync(Limit, Cancellation);
            Assert.Contains($"node {leaving + 1} was removed", gone.Message, StringComparison.Ordinal);
            await cluster.StopAsync(leaving);
        }

        await stop.CancelAsync();
        var (made, slowest) = await writer;
        output.WriteLine($"{made} directories made, the slowest took {slowest.TotalMilliseconds:0} ms");
        Assert.True(made > 20);
        foreach (var host in cluster.Hosts.OfType<ClusterHost>())
        {
            // With three nodes every one has all shards.
            await PollAsync(() => host.Status.Self().Replicas is { Length: 3 } all && all.All(static r => r.Members.SequenceEqual<ushort>([1, 4, 5])), "the three that are left are the members of all groups");
            await PollAsync(() => host.Nodes.Nodes.Select(static n => n.Id.Value).Order().SequenceEqual<ushort>([1, 4, 5]), "nobody looks for those who left");
        }

        await EqualAsync(cluster, made);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => cluster.StartAsync(1, Cancellation));
        Assert.Contains("was removed from cluster", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drained_node_leads_nothing_until_that_is_ended()
    {
        await using var cluster = await InProcessCluster.StartAsync(Cancellation, shards: 3, nodes: InProcessCluster.Most);
        foreach (var host in cluster.Hosts.OfType<ClusterHost>())
        {
            host.Serves();
        }

        var node = cluster.AddressOf(0).Id;
        await cluster.Hosts[1]!.Membership.DrainAsync(node, Cancellation);
        Assert.Empty(cluster.Hosts[0]!.Led());
        for (var round = 0; round < 3; round++)
        {
            foreach (var host in (ClusterHost[])[cluster.Hosts[1]!, cluster.Hosts[2]!])
            {
                await host.ResignAllAsync(Cancellation);
            }

            await PollAsync(() => cluster.Hosts[1]!.Led().Count + cluster.Hosts[2]!.Led().Count == 4, "all groups have leaders, and others");
        }

        await cluster.Hosts[2]!.Membership.EndDrainAsync(node, Cancellation);
        await PollAsync(() => cluster.Hosts[0]!.Led().Count > 0, "leaders come back");
    }

    [Fact]
    public Task A_change_goes_on_when_the_node_that_began_it_dies() => RemoveWithoutAskerAsync(static host => host.Led().Count == 0);

    [Fact]
    public Task A_leader_of_the_system_group_is_removed_by_a_decision_alone() => RemoveWithoutAskerAsync(static host => host.Led().Contains(GroupNumbers.System));

    [Fact]
    public Task A_leader_of_a_shard_is_removed_by_a_decision_alone() => RemoveWithoutAskerAsync(static host => host.Led() is [not GroupNumbers.System]);

    private static async Task RemoveWithoutAskerAsync(Func<ClusterHost, bool> leaves)
    {
        await using var cluster = await InProcessCluster.StartAsync(Cancellation, nodes: InProcessCluster.Most);
        ClusterHost[] hosts = [.. cluster.Hosts.OfType<ClusterHost>()];
        ClusterHost? leaving = null;
        for (var attempt = 0; leaving is null; attempt++)
        {
            Assert.True(attempt < 10, "no leader as this test needs one");
            await PollAsync(() => hosts.Sum(static h => h.Led().Count) == 2, "leaders are there");
            leaving = hosts.FirstOrDefault(leaves);
            if (leaving is null && hosts.FirstOrDefault(static h => h.Led().Contains(GroupNumbers.OfShard(0))) is { } both)
            {
                await both.HandOverAsync(GroupNumbers.OfShard(0), Cancellation);
            }
        }

        var number = (ushort)(Array.IndexOf(cluster.Hosts, leaving) + 1);
        var other = hosts.First(h => h != leaving && !h.Led().Contains(GroupNumbers.System));
        ushort[] staying = [.. new ushort[] { 1, 2, 3 }.Except([number])];

        // Decided, and nothing done yet: what a death of the node that was asked leaves.
        NodeRecord? record = null;
        await PollAsync(() => (record = other.Book.Find(new NodeId(number))) is not null, "the node is known");
        Assert.Equal(StatusCode.Ok, (await other.Cluster.ExecuteAsync(new SetNodeState(number, record!.Incarnation, NodeState.Removed), Cancellation)).Status);

        await PollAsync(() => other.Status.Self().Replicas.All(r => r.Members.SequenceEqual(staying)), "the leader of the system group has done it");
        await leaving.Failed.WaitAsync(Limit, Cancellation);
    }

    [Fact]
    public async Task A_dead_node_is_replaced_by_one_with_an_empty_disk()
    {
        await using var cluster = await InProcessCluster.StartAsync(Cancellation, nodes: InProcessCluster.Most);
        Assert.Equal(StatusCode.Ok, (await cluster.Hosts[0]!.Cluster.ExecuteAsync(Make("before"), Cancellation)).Status);
        await cluster.StopAsync(2);
        cluster.Wipe(2);
        await Task.Delay(1100, Cancellation); // incarnations are seconds
        await cluster.StartAsync(2, Cancellation);
        var service = cluster.Hosts[0]!.Membership;
        var taken = await Assert.ThrowsAsync<MembershipException>(() => service.AddAsync(cluster.AddressOf(2), isReplacement: false, Cancellation));
        Assert.Contains("node replace 3", taken.Message, StringComparison.Ordinal);
        Assert.Equal<ushort>([0, 1], await service.AddAsync(cluster.AddressOf(2), isReplacement: true, Cancellation));
        Assert.Empty(await service.AddAsync(cluster.AddressOf(2), isReplacement: true, Cancellation)); // again: nothing to do
        await EqualAsync(cluster, 1);
    }

    [Fact]
    public async Task What_would_cost_a_quorum_is_refused()
    {
        await using var cluster = await InProcessCluster.StartAsync(Cancellation, nodes: InProcessCluster.Most);
        await cluster.StopAsync(2);
        await PollAsync(() => cluster.Hosts[0]!.Figures().Peers.Any(static p => !p.IsReachable), "node 3 is known to be away");
        var refused = await Assert.ThrowsAsync<MembershipException>(() => cluster.Hosts[0]!.Membership.RemoveAsync(cluster.AddressOf(1).Id, isForced: true, Cancellation));
        Assert.Contains("would have no quorum without node 2: 1 of 2 other members are alive", refused.Message, StringComparison.Ordinal);
        Assert.Equal<ushort>([0, 1], await cluster.Hosts[0]!.Membership.RemoveAsync(cluster.AddressOf(2).Id, isForced: false, Cancellation)); // the dead one may go
        var unknown = await Assert.ThrowsAsync<MembershipException>(() => cluster.Hosts[0]!.Membership.RemoveAsync(new NodeId(9), isForced: false, Cancellation));
        Assert.Contains("there is no node 9", unknown.Message, StringComparison.Ordinal);
    }

    private static MakeDirectory Make(string name) => new(1, new Name(name), 0x1ED, 0, CopySgid: false, Callers.Root);

    private static bool IsMember(InProcessCluster cluster, int node) =>
        cluster.Hosts[0]!.Book.Find(cluster.AddressOf(node).Id) is { State: NodeState.Active }
        && cluster.Hosts.OfType<ClusterHost>().All(h => h.Status.Self().Replicas.Single(static r => r.Group == GroupNumbers.System).Members.Contains((ushort)(node + 1)));

    private static async Task<(int Made, TimeSpan Slowest)> WriteAsync(ClusterHost host, CancellationToken stopping)
    {
        var slowest = TimeSpan.Zero;
        for (var made = 0; ; made++)
        {
            if (stopping.IsCancellationRequested)
            {
                return (made, slowest);
            }

            var begun = Stopwatch.GetTimestamp();
            var reply = await host.Cluster.ExecuteAsync(Make($"d{made}"), Cancellation);
            Assert.True(reply.Status is StatusCode.Ok or StatusCode.EExist, $"d{made}: {reply.Status}"); // nothing here recognises a command that is sent again because its leader went
            slowest = Stopwatch.GetElapsedTime(begun) > slowest ? Stopwatch.GetElapsedTime(begun) : slowest;
            await Task.Delay(5, Cancellation);
        }
    }

    private static async Task EqualAsync(InProcessCluster cluster, int directories)
    {
        var host = cluster.Hosts[0]!;
        foreach (var group in host.Status.Groups())
        {
            var members = host.Status.Self().Replicas.Single(r => r.Group == group).Members.Select(static m => new NodeId(m));
            var checksums = await host.Status.CompareAsync(group, members, Cancellation);
            Assert.Single(checksums.Values.Distinct());
            Assert.NotNull(checksums.Values.First());
        }

        var read = await host.Cluster.ExecuteAsync(new Lookup(1, new Name(directories > 1 ? $"d{directories - 1}" : "before"), Callers.Root), Cancellation);
        Assert.Equal(StatusCode.Ok, read.Status);
    }

    private static async Task PollAsync(Func<bool> condition, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit, $"not in time: {what}");
            await Task.Delay(20, Cancellation);
        }
    }
}

using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using Xunit;

namespace MfsHa.Cluster.Tests.Hosting;

public sealed class ThreeNodesTests
{
    private static readonly Caller Root = Callers.Root;

    [Fact]
    public async Task What_one_node_acknowledges_every_node_shows_and_all_replicas_are_equal()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await InProcessCluster.StartAsync(cancellation);

        for (var i = 0; i < 30; i++)
        {
            var reply = await cluster.Hosts[i % 3]!.Cluster.ExecuteAsync(MakeDirectory($"d{i}"), cancellation);
            Assert.Equal(StatusCode.Ok, reply.Status);
            var seen = await cluster.Hosts[(i + 1) % 3]!.Cluster.ExecuteAsync(new Lookup(1, new Name($"d{i}"), Root), cancellation);
            Assert.Equal(StatusCode.Ok, seen.Status);
        }

        Assert.Single(cluster.Hosts.Select(static h => h!.Identity!.MetaId).Distinct());
        foreach (var group in cluster.Hosts[0]!.Status.Groups())
        {
            var checksums = await cluster.Hosts[0]!.Status.CompareAsync(group, cluster.Hosts[0]!.Nodes.Nodes.Select(static n => n.Id), cancellation);
            Assert.Equal(3, checksums.Count);
            Assert.Single(checksums.Values.Distinct());
            Assert.NotNull(checksums.Values.First());
        }
    }

    [Fact]
    public async Task A_lost_leader_costs_nothing_that_was_acknowledged_and_catches_up_when_it_is_back()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await InProcessCluster.StartAsync(cancellation);
        var report = await cluster.Hosts[0]!.Status.AskAsync(new NodeId(1), cancellation);
        var leader = report!.Replicas.Single(static r => r.Group == 1).Leader - 1;
        var survivor = (leader + 1) % 3;
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(StatusCode.Ok, (await cluster.Hosts[leader]!.Cluster.ExecuteAsync(MakeDirectory($"before{i}"), cancellation)).Status);
        }

        await cluster.StopAsync(leader);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(StatusCode.Ok, (await cluster.Hosts[survivor]!.Cluster.ExecuteAsync(MakeDirectory($"after{i}"), cancellation)).Status);
        }

        await cluster.StartAsync(leader, cancellation);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(StatusCode.Ok, (await cluster.Hosts[leader]!.Cluster.ExecuteAsync(new Lookup(1, new Name($"before{i}"), Root), cancellation)).Status);
            Assert.Equal(StatusCode.Ok, (await cluster.Hosts[leader]!.Cluster.ExecuteAsync(new Lookup(1, new Name($"after{i}"), Root), cancellation)).Status);
        }

        var checksums = await cluster.Hosts[survivor]!.Status.CompareAsync(1, cluster.Hosts[survivor]!.Nodes.Nodes.Select(static n => n.Id), cancellation);
        Assert.Single(checksums.Values.Distinct());
    }

    private static MakeDirectory MakeDirectory(string name) => new(1, new Name(name), 0x1ED, 0, CopySgid: false, Root);
}

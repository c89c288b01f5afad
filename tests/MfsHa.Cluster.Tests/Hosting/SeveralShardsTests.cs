using MfsHa.Cluster.Hosting;
using MfsHa.Metadata.Kernel;
using MfsHa.Metadata.Namespace;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.NodeLink;
using MfsHa.Protocol;
using Xunit;

namespace MfsHa.Cluster.Tests.Hosting;

public sealed class SeveralShardsTests
{
    private const ushort Shards = 4;

    private static readonly Caller Root = Callers.Root;

    [Fact]
    public async Task Leaders_are_spread_over_all_nodes_again_when_one_was_away()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await InProcessCluster.StartAsync(cancellation, shards: 8);
        await cluster.StopAsync(1);
        await WaitForLeadersAsync(cluster, static counts => counts.Sum() == 9, cancellation);
        await cluster.StartAsync(1, cancellation);
        foreach (var host in cluster.Hosts)
        {
            host!.Serves();
        }

        await WaitForLeadersAsync(cluster, static counts => counts.All(static c => c == 3), cancellation);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(2)]
    public async Task A_node_with_another_number_of_shards_does_not_start_and_makes_no_replica(ushort wrong)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await InProcessCluster.StartAsync(cancellation, Shards);
        await WaitAsync(() => cluster.Hosts[1]!.Status.Self().Replicas[0].Durable >= cluster.Hosts[1]!.Status.Self().Replicas[0].Applied, cancellation); // its state says how many there are
        await cluster.StopAsync(1);
        cluster.Shards = wrong;
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.StartAsync(1, cancellation));
        Assert.Contains($"the cluster has {Shards} shards, HA_SHARD_COUNT is {wrong}", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Hosts[1]!.Status.Self().Replicas);
        await cluster.StopAsync(1);

        cluster.Shards = Shards;
        await cluster.StartAsync(1, cancellation);
        await WaitForLeadersAsync(cluster, static counts => counts.Sum() == Shards + 1, cancellation);
        Assert.Equal(Shards + 1, cluster.Hosts[1]!.Status.Self().Replicas.Length);
    }

    private static async Task WaitAsync(Func<bool> condition, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(50, limited.Token);
        }
    }

    private static async Task WaitForLeadersAsync(InProcessCluster cluster, Func<int[], bool> condition, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(TimeSpan.FromSeconds(60));
        int[] counts = [];
        try
        {
            do
            {
                await Task.Delay(50, limited.Token);
                counts = [.. cluster.Hosts.OfType<ClusterHost>().Select(static h => h.Status.Self().Replicas.Count(static r => r.IsReadyLeader))];
            }
            while (!condition(counts));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Assert.Fail($"leaders by node: {string.Join(", ", counts)}");
        }
    }

    [Fact]
    public async Task Operations_across_shards_are_atomic_on_every_node_and_a_lost_node_leaves_nothing_half_done()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await InProcessCluster.StartAsync(cancellation, Shards);
        var hosts = cluster.Hosts.Select(static h => h!.Cluster).ToArray();
        var directories = new List<uint>();
        for (var i = 0; i < 12; i++)
        {
            directories.Add(await MakeAsync(hosts[i % 3], 1, $"d{i}", cancellation));
        }

        Assert.True(directories.Select(static d => ShardLayout.ShardOf(d, Shards)).Distinct().Count() > 1, "all directories are in one shard");
        for (var i = 0; i < 12; i++)
        {
            var below = await MakeAsync(hosts[(i + 1) % 3], directories[i], "sub", cancellation);
            Assert.Equal(StatusCode.Ok, (await hosts[0].ExecuteAsync(new MakeNode(below, new Name("f"), NodeType.File, 0x1ED, 0, 0, Root), cancellation)).Status);
            Assert.Equal(StatusCode.Ok, (await hosts[1].ExecuteAsync(new Rename(below, new Name("f"), directories[(i + 1) % 12], new Name("moved"), RenameMode.Standard, Root), cancellation)).Status);
        }

        var moves = Enumerable.Range(0, 12).Select(i => hosts[i % 3].ExecuteAsync(
            new Rename(directories[i], new Name("sub"), directories[(i + 5) % 12], new Name("from" + i), RenameMode.Standard, Root), cancellation).AsTask());
        Assert.All(await Task.WhenAll(moves), static r => Assert.Equal(StatusCode.Ok, r.Status));
        for (var i = 0; i < 12; i++)
        {
            var listing = Assert.IsType<DirectoryReply>(await hosts[i % 3].ExecuteAsync(
                new ReadDirectory(directories[i], ReadDirectoryFlags.WithAttributes, 100, 0, Root), cancellation));
            Assert.Equal([".", "..", "from" + ((i + 7) % 12), "moved"], listing.Entries.Select(static e => e.Name.ToString()).Order());
            Assert.Equal(3u, listing.Entries.Single(static e => e.Name == new Name(".")).Attributes.LinkCount);
        }

        await cluster.StopAsync(2);
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(StatusCode.Ok, (await hosts[0].ExecuteAsync(new RemoveFile(directories[i], new Name("moved"), Root), cancellation)).Status);
            Assert.Equal(StatusCode.Ok, (await hosts[1].ExecuteAsync(new RemoveDirectory(directories[i], new Name("from" + ((i + 7) % 12)), Root), cancellation)).Status);
            Assert.Equal(StatusCode.Ok, (await hosts[0].ExecuteAsync(new RemoveDirectory(1, new Name($"d{i}"), Root), cancellation)).Status);
        }

        await cluster.StartAsync(2, cancellation);
        var summary = Assert.IsType<SummaryReply>(await cluster.Hosts[2]!.Cluster.ExecuteAsync(new GetSummary(), cancellation));
        Assert.Equal((1, 1, 0), (summary.Counters.Inodes, summary.Counters.Directories, summary.Counters.Files));
        foreach (var group in cluster.Hosts[0]!.Status.Groups())
        {
            var checksums = await cluster.Hosts[0]!.Status.CompareAsync(group, cluster.Hosts[0]!.Nodes.Nodes.Select(static n => n.Id), cancellation);
            Assert.Single(checksums.Values.Distinct());
            Assert.NotNull(checksums.Values.First());
        }
    }

    private static async Task<uint> MakeAsync(Cluster.Routing.IMetadataCluster cluster, uint parent, string name, CancellationToken cancellation)
    {
        var reply = await cluster.ExecuteAsync(new MakeDirectory(parent, new Name(name), 0x1ED, 0, CopySgid: false, Root), cancellation);
        return Assert.IsType<NodeReply>(reply).Inode;
    }
}

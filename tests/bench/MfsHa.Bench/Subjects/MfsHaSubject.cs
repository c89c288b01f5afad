using System.Diagnostics;
using System.Globalization;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.Bench.Subjects;

/// <summary>Three mfsha nodes.</summary>
internal sealed class MfsHaSubject(TestEnvironment environment, MfsHaCluster cluster, MooseFsRelease release)
    : Subject(environment, cluster, release)
{
    public MfsHaCluster Cluster { get; } = cluster;

    public override IReadOnlyList<ManagedProcess> Processes => [.. Cluster.Nodes.Select(static node => node.Process)];

    public static async Task<MfsHaSubject> CreateAsync(TestEnvironment environment, MooseFsRelease release, int shards, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string> { ["HA_SHARD_COUNT"] = shards.ToString(CultureInfo.InvariantCulture) };
        return new(environment, await MfsHaCluster.CreateAsync(environment, settings: settings, cancellation: cancellation), release);
    }

    public override void Start()
    {
        foreach (var node in Cluster.Nodes)
        {
            node.Start();
        }
    }

    public override async Task<TimeSpan> RestartOneAsync(CancellationToken cancellation)
    {
        var node = Cluster.Nodes[^1];
        if (!await node.StopAsync(StopLimit))
        {
            throw new TimeoutException("a node did not stop");
        }
        var clock = Stopwatch.StartNew();
        node.Start();
        await WaitServesAsync(Cluster.Nodes.Count - 1, cancellation);
        return clock.Elapsed;
    }

    public override async Task StopAsync()
    {
        var ended = await Task.WhenAll(Cluster.Nodes.Select(static node => node.StopAsync(StopLimit)));
        if (ended.Contains(false))
        {
            throw new TimeoutException("a node did not stop");
        }
    }
}

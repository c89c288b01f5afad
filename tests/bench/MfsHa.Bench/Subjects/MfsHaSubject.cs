using System.Diagnostics;
using System.Globalization;
using MfsHa.TestCertificates;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;
using MfsHa.Testbed.MooseFs;

namespace MfsHa.Bench.Subjects;

/// <summary>Three mfsha nodes.</summary>
internal sealed class MfsHaSubject(TestEnvironment environment, MfsHaCluster cluster, MooseFsRelease release, bool secure)
    : Subject(environment, cluster, release)
{
    public override string Name => secure ? $"{base.Name} with TLS" : base.Name;

    public MfsHaCluster Cluster { get; } = cluster;

    public override IReadOnlyList<ManagedProcess> Processes => [.. Cluster.Nodes.Select(static node => node.Process)];

    public static async Task<MfsHaSubject> CreateAsync(TestEnvironment environment, MooseFsRelease release, int shards, bool secure, CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string> { ["HA_SHARD_COUNT"] = shards.ToString(CultureInfo.InvariantCulture) };
        if (!secure)
        {
            return new(environment, await MfsHaCluster.CreateAsync(environment, settings: settings, cancellation: cancellation), release, secure);
        }
        var files = new CertificateFolder(environment.CreateFolder("tls"));
        foreach (var (key, value) in files.Settings())
        {
            settings[key] = value;
        }
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: settings, cancellation: cancellation);
        using var authority = new TestAuthority("the cluster's CA");
        files.Write(authority.Issue("node", cluster.Nodes.Select(static node => node.Host.Address.ToString())), [authority], "a-token-of-this-cluster");
        return new(environment, cluster, release, secure);
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

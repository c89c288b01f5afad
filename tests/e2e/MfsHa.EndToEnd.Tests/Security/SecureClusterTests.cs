using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.TestCertificates;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Security;

/// <summary>Three nodes with TLS and a token serve a client; nodes and administrators without the right things get in nowhere, hear why, and disturb nobody.</summary>
public sealed class SecureClusterTests
{
    private const int Unreachable = 3;
    private const int NotAllowed = 4;
    private const int Length = 300_000;
    private const string Shared = "a-token-that-only-this-cluster-knows";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_neither_certificate_nor_token_gets_in_nowhere()
    {
        using var authority = new TestAuthority("the cluster's CA");
        using var other = new TestAuthority("another CA");
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var files = new CertificateFolder(environment.CreateFolder("tls"));
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: files.Settings(), cancellation: Cancellation);
        files.Write(authority.Issue("node", cluster.Nodes.Select(static node => node.Host.Address.ToString())), [authority], Shared);
        await cluster.StartAsync(Cancellation);
        var server = await ChunkServer.CreateAsync(environment, MooseFsRelease.V4, cluster.Nodes[0].Host, "chunkserver", cancellation: Cancellation);
        server.Start();
        var mount = await Mount.CreateAsync(environment, MooseFsRelease.V4, cluster.Nodes[1].Host, "mount", cancellation: Cancellation);
        await mount.StartAsync(Cancellation);
        await Deadline.WaitAsync("files can be written", Soon, () => Testbed.Native.Posix.StatFileSystem(mount.Path).Total > 0, Cancellation);
        Content.WriteFile($"{mount.Path}/before", 1, Length);
        await HealthyAsync(cluster, files);

        var admin = new CertificateFolder(environment.CreateFolder("admin")).Write(other.Issue("stranger", []), [authority], "not-the-token-of-this-cluster");
        await AssertShutOutAsync(cluster, Unreachable, "the node may speak TLS only");
        await AssertShutOutAsync(cluster, NotAllowed, "wants a certificate", "--tls-ca", files.Authorities, "--token-file", files.Token);
        await AssertShutOutAsync(cluster, NotAllowed, "wants a token", [.. Options(files)]);
        await AssertShutOutAsync(cluster, NotAllowed, "the token is not the one of this cluster", [.. Options(files), "--token-file", admin.Token]);
        await AssertShutOutAsync(cluster, Unreachable, "own certificate CN=stranger", [.. Options(admin), "--token-file", files.Token]);

        List<Host> hosts = [.. cluster.Endpoints];
        await AssertIntruderAsync(environment, cluster, hosts, new Dictionary<string, string> { ["MFSHA_AUTH_TOKEN"] = Shared }, "it wants TLS, and this node uses none");
        await AssertIntruderAsync(environment, cluster, hosts, Without(files.Settings(), "MFSHA_AUTH_TOKEN_FILE"), "it wants a token, and this node shows none");
        await AssertIntruderAsync(environment, cluster, hosts, admin.Settings(), "before its first answer");

        Content.AssertFile($"{mount.Path}/before", 1, Length);
        Content.WriteFile($"{mount.Path}/after", 2, Length);
        Content.AssertFile($"{mount.Path}/after", 2, Length);
        await HealthyAsync(cluster, files);
    }

    private static Dictionary<string, string> Without(Dictionary<string, string> settings, string key)
    {
        settings.Remove(key);
        return settings;
    }

    private static string[] Options(CertificateFolder files) => ["--tls-ca", files.Authorities, "--tls-cert", files.Certificate, "--tls-key", files.Key];

    private static Task HealthyAsync(MfsHaCluster cluster, CertificateFolder files) => Deadline.WaitAsync(
        "the cluster is healthy", Soon, async token => (await cluster.TryAdminAsync(cluster.Nodes[0], ["status", .. With(files)], token)).ExitCode == 0, Cancellation);

    private static string[] With(CertificateFolder files) => [.. Options(files), "--token-file", files.Token];

    private static async Task AssertShutOutAsync(MfsHaCluster cluster, int exitCode, string reason, params string[] options)
    {
        var result = await cluster.TryAdminAsync(cluster.Nodes[0], ["status", .. options], Cancellation);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    /// <summary>It comes as one node more. Its log says why it is not let in; those of the cluster have lines about it, but not many.</summary>
    private static async Task AssertIntruderAsync(
        TestEnvironment environment, MfsHaCluster cluster, List<Host> hosts, Dictionary<string, string> settings, string reason)
    {
        const int MostLines = 60;
        var host = await environment.Network.AddHostAsync($"intruder{hosts.Count}", Cancellation);
        hosts.Add(host);
        await using (var intruder = MfsHaNode.Create(environment, MfsHaPrograms.Node, hosts.Count, hosts, settings))
        {
            intruder.Start();
            await Deadline.WaitAsync($"{host.Name} says why", Soon, () => File.Exists(intruder.Log) && File.ReadAllText(intruder.Log).Contains(reason, StringComparison.Ordinal), Cancellation);
            Assert.False(await intruder.IsReadyAsync(Cancellation));
        }

        foreach (var node in cluster.Nodes)
        {
            Assert.InRange(File.ReadLines(node.Log).Count(line => line.Contains($"{host.Address}:", StringComparison.Ordinal)), 1, MostLines);
        }
    }
}

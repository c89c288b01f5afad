using MfsHa.TestCertificates;
using MfsHa.Testbed;
using MfsHa.Testbed.MfsHaNodes;

namespace MfsHa.EndToEnd.Tests.Membership;

/// <summary>A node joins as people start it, in the background, without and with TLS and token.</summary>
public sealed class JoinAsDaemonTests
{
    private const string Shared = "a-token-that-only-this-cluster-knows";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_daemon_joins_returns_when_it_is_a_member_and_starts_again_without_being_told(bool isSecure)
    {
        using var authority = new TestAuthority("the cluster's CA");
        await using var environment = await TestEnvironment.CreateAsync(Cancellation);
        var files = new CertificateFolder(environment.CreateFolder("tls"));
        var settings = isSecure ? files.Settings() : [];
        var cluster = await MfsHaCluster.CreateAsync(environment, settings: settings, cancellation: Cancellation);
        var host = await environment.Network.AddHostAsync("node4", Cancellation);
        files.Write(authority.Issue("node", cluster.Endpoints.Append(host).Select(static h => h.Address.ToString())), [authority], Shared);
        await cluster.StartAsync(Cancellation);
        var node = MfsHaNode.Create(environment, MfsHaPrograms.Node, 4, host, settings);
        string[] credentials = isSecure ? ["--tls-ca", files.Authorities, "--tls-cert", files.Certificate, "--tls-key", files.Key, "--token-file", files.Token] : [];
        try
        {
            if (isSecure)
            {
                var stranger = await RunAsync(host, node, new Dictionary<string, string> { ["MFSHA_AUTH_TOKEN_FILE"] = "", ["MFSHA_AUTH_TOKEN"] = "another-token" }, Join(cluster));
                Assert.NotEqual(0, stranger.ExitCode);
                Assert.Contains("token", stranger.Error + stranger.Output, StringComparison.Ordinal);
                Assert.DoesNotContain("Node 4", await cluster.AdminAsync(cluster.Nodes[0], ["node", "list", .. credentials], Cancellation), StringComparison.Ordinal);
            }

            var joined = await RunAsync(host, node, [], Join(cluster));
            Assert.True(joined.ExitCode == 0, joined.Error + joined.Output);
            Assert.Contains("Node 4: active, online", await cluster.AdminAsync(cluster.Nodes[0], ["node", "list", .. credentials], Cancellation), StringComparison.Ordinal);
            Assert.Equal(0, (await RunAsync(host, node, [], ["stop"])).ExitCode);
            Assert.Equal(0, (await RunAsync(host, node, [], ["start"])).ExitCode);
            await Deadline.WaitAsync(
                "node 4 is back", Limit,
                async token => (await cluster.TryAdminAsync(cluster.Nodes[0], ["status", .. credentials], token)) is { ExitCode: 0 } status && status.Output.Contains("Nodes: 4/4 online", StringComparison.Ordinal),
                Cancellation);
            await Deadline.WaitAsync(
                "all replicas are equal", Limit,
                async token => (await cluster.TryAdminAsync(cluster.Nodes[0], ["consistency-check", .. credentials], token)).ExitCode == 0, Cancellation);
        }
        finally
        {
            await RunAsync(host, node, [], ["stop"]);
        }
    }

    private static string[] Join(MfsHaCluster cluster) => ["--join-cluster", "--node-id=4", $"--peer={cluster.Nodes[0].Host.Address}"];

    private static Task<CommandResult> RunAsync(Host host, MfsHaNode node, Dictionary<string, string> environment, string[] arguments) => Command.TryRunAsync(
        host.CommandLine(["env", .. environment.Select(static e => $"{e.Key}={e.Value}"), MfsHaPrograms.Node, "-c", node.ConfigurationPath, .. arguments]), cancellation: CancellationToken.None);
}

using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using MfsHa.Admin.Commands;
using MfsHa.Node.Admin;
using MfsHa.Node.Administration;
using MfsHa.Security;
using MfsHa.TestCertificates;

namespace MfsHa.Node.Tests.Admin;

/// <summary>The admin service behind TLS and a token, called by mfsha-admin with the right things, wrong ones and none.</summary>
public sealed class AdminSecurityTests : IAsyncLifetime
{
    private const string TokenText = "the-cluster's-token";
    private const int Unreachable = 3;
    private const int NotAllowed = 4;
    private const int WrongUsage = 64;

    private readonly RecordingLogs _logs = new();
    private readonly FakeCluster _cluster = new();
    private readonly TestAuthority _authority = new("this cluster's CA");
    private readonly TestAuthority _other = new("another CA");
    private readonly CertificateFolder _node = new();
    private readonly CertificateFolder _admin = new();
    private readonly CertificateFolder _stranger = new();
    private AdminServer _server = null!;
    private AdminServer _plain = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string[] Tls => Options(_admin);

    private string[] Everything => [.. Tls, "--token-file", _admin.Token];

    public async ValueTask InitializeAsync()
    {
        _node.Write(_authority.Issue("node", ["127.0.0.1"]), [_authority], TokenText);
        _admin.Write(_authority.Issue("admin", []), [_authority], TokenText);
        _stranger.Write(_other.Issue("stranger", ["127.0.0.1"]), [_authority], "another-token");
        WatchedFiles<TlsCredentials> tls = new TlsFiles(_node.Authorities, _node.Certificate, _node.Key).Watch(TimeProvider.System);
        var token = new WatchedFiles<SharedToken>([_node.Token], contents => SharedToken.Read(_node.Token, contents[0]), TimeProvider.System);
        _server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, _logs, new AdminGate(tls, () => token.Current), Cancellation);
        _plain = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, _logs, new AdminGate(null, () => token.Current), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _plain.DisposeAsync();
        foreach (IDisposable used in new IDisposable[] { _authority, _other, _node, _admin, _stranger })
        {
            used.Dispose();
        }
    }

    [Fact]
    public async Task With_certificate_and_token_a_caller_is_let_in()
    {
        Assert.Equal((0, ""), await StatusAsync(_server, Everything));
        Assert.Equal((0, ""), await StatusAsync(_plain, "--token-file", _admin.Token));
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task What_the_options_say_can_come_from_the_environment_of_a_node()
    {
        var variables = new Dictionary<string, string>
        {
            ["MFSHA_TLS_ENABLE"] = "1", ["MFSHA_TLS_CA_PATH"] = _admin.Authorities, ["MFSHA_TLS_CERT_PATH"] = _admin.Certificate, ["MFSHA_TLS_KEY_PATH"] = _admin.Key,
            ["MFSHA_AUTH_TOKEN"] = TokenText,
        };
        Assert.Equal((0, ""), await StatusAsync(_server, variables));
        variables["MFSHA_AUTH_TOKEN"] = "";
        variables["MFSHA_AUTH_TOKEN_FILE"] = _admin.Token;
        Assert.Equal((0, ""), await StatusAsync(_server, variables));
        variables["MFSHA_TLS_ENABLE"] = "0";
        Assert.Equal((0, ""), await StatusAsync(_plain, variables));
    }

    [Fact]
    public async Task Without_TLS_a_caller_is_told_what_is_missing()
    {
        (int exitCode, string error) = await StatusAsync(_server);
        AssertTold(Unreachable, "the node may speak TLS only (--tls-ca, --tls-cert, --tls-key)", exitCode, error);
        Assert.All(_logs.Lines, static line => Assert.Contains("it does not speak TLS", line, StringComparison.Ordinal));
        Assert.InRange(_logs.Lines.Count, 1, 4); // the client tries again
    }

    [Fact]
    public async Task Without_a_certificate_or_a_token_a_caller_is_told_what_is_missing()
    {
        (int exitCode, string error) = await StatusAsync(_server, "--tls-ca", _admin.Authorities, "--token-file", _admin.Token);
        AssertTold(NotAllowed, "wants a certificate of its CA", exitCode, error);
        (exitCode, error) = await StatusAsync(_server, Tls);
        AssertTold(NotAllowed, "wants a token", exitCode, error);
        (exitCode, error) = await StatusAsync(_server, [.. Tls, "--token-file", _stranger.Token]);
        AssertTold(NotAllowed, "the token is not the one of this cluster", exitCode, error);
        (exitCode, error) = await StatusAsync(_plain, "--token-file", _stranger.Token);
        AssertTold(NotAllowed, "the token is not the one of this cluster", exitCode, error);
        Assert.Equal(4, _logs.Lines.Count(static line => line.Contains("admin call /mfsha.admin.v1.Admin/GetStatus from ipv4:127.0.0.1", StringComparison.Ordinal)));
        Assert.DoesNotContain(_logs.Lines, static line => line.Contains("token-text", StringComparison.Ordinal) || line.Contains(TokenText, StringComparison.Ordinal) || line.Contains("another-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changes_need_them_as_questions_do()
    {
        foreach (string[] command in new string[][] { ["node", "remove", "3"], ["resign", "1"], ["consistency-check"], ["export-metadata", "--output", Path.Combine(_admin.Path, "metadata.mfs")] })
        {
            Assert.Equal(NotAllowed, (await RunAsync(_server, [.. command, .. Tls])).ExitCode);
        }

        Assert.False(File.Exists(Path.Combine(_admin.Path, "metadata.mfs")));
    }

    [Fact]
    public async Task A_certificate_of_another_CA_or_of_yesterday_is_refused_at_the_door()
    {
        (int exitCode, string error) = await StatusAsync(_server, [.. Options(_stranger), "--token-file", _admin.Token]);
        Assert.Equal(Unreachable, exitCode);
        Assert.Contains("the own certificate CN=stranger", error, StringComparison.Ordinal);
        await Eventually(() => _logs.Lines.Any(static line => line.Contains("TLS: ", StringComparison.Ordinal) && line.Contains("127.0.0.1", StringComparison.Ordinal)));
        _stranger.Write(_authority.Issue("late", [], isExpired: true));
        (exitCode, error) = await StatusAsync(_server, [.. Options(_stranger), "--token-file", _admin.Token]);
        Assert.Equal(Unreachable, exitCode);
        Assert.Contains("NotTimeValid", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_another_CA_is_not_trusted_with_the_token()
    {
        _admin.Write(trusted: [_other]);
        (int exitCode, string error) = await StatusAsync(_server, Everything);
        Assert.Equal(Unreachable, exitCode);
        Assert.Contains("certificate", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_do_not_fit_together_or_name_no_file_are_wrong_usage()
    {
        Assert.Equal(WrongUsage, (await StatusAsync(_server, "--tls-cert", _admin.Certificate)).ExitCode);
        Assert.Equal(WrongUsage, (await StatusAsync(_server, "--tls-cert", _admin.Certificate, "--tls-key", _admin.Key)).ExitCode);
        (int exitCode, string error) = await StatusAsync(_plain, "--token-file", "/does/not/exist");
        AssertTold(WrongUsage, "/does/not/exist", exitCode, error);
    }

    [Fact]
    [SuppressMessage("Security", "CA5359", Justification = "As a kubelet probes.")]
    public async Task Probes_and_Prometheus_need_neither_certificate_nor_token()
    {
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true } };
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_server.LocalEndPoint.Port}") };
        Assert.Equal("ok\n", await http.GetStringAsync("/healthz", Cancellation));
        Assert.Equal("ready\n", await http.GetStringAsync("/readyz", Cancellation));
        Assert.Contains("process_start_time_seconds", await http.GetStringAsync("/metrics", Cancellation), StringComparison.Ordinal);
        using var plain = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_plain.LocalEndPoint.Port}") };
        Assert.Equal("ok\n", await plain.GetStringAsync("/healthz", Cancellation));
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task A_probe_without_TLS_is_told()
    {
        using var plain = new HttpClient();
        HttpResponseMessage answer = await plain.GetAsync(new Uri($"http://127.0.0.1:{_server.LocalEndPoint.Port}/healthz"), Cancellation);
        Assert.Equal((HttpStatusCode.BadRequest, "this port speaks TLS only\n"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation)));
    }

    [Fact]
    public async Task Files_that_are_replaced_count_without_a_restart()
    {
        _node.Write(_other.Issue("node", ["127.0.0.1"]), [_other], "newer-token");
        await Eventually(async () => (await StatusAsync(_server, Everything)).ExitCode == Unreachable);
        _admin.Write(_other.Issue("admin", []), [_other], "newer-token");
        Assert.Equal((0, ""), await StatusAsync(_server, Everything));
        Assert.Equal((0, ""), await StatusAsync(_plain, "--token-file", _admin.Token));
    }

    [Fact]
    public async Task A_CA_that_is_added_to_the_file_is_believed_without_a_restart_and_told()
    {
        using var watched = new CertificateFolder();
        watched.Write(_authority.Issue("node", ["127.0.0.1"]), [_authority], TokenText);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        WatchedFiles<TlsCredentials> tls = new TlsFiles(watched.Authorities, watched.Certificate, watched.Key).Watch(time);
        await using AdminServer server = await AdminServer.StartAsync("127.0.0.1", 0, _cluster, _cluster, _logs, new AdminGate(tls, static () => SharedToken.None), Cancellation);
        _admin.Write(_other.Issue("admin", []), [_authority]);
        Assert.NotEqual(0, (await StatusAsync(server, Tls)).ExitCode);
        MfsHa.Admin.Contract.TlsDetails before = OwnDetails.TlsOf(tls.Current);
        Assert.Equal([FingerprintOf(_authority)], before.Authorities);

        watched.Write(trusted: [_authority, _other]);
        time.Advance(WatchedFiles<TlsCredentials>.Interval);
        MfsHa.Admin.Contract.TlsDetails after = OwnDetails.TlsOf(tls.Current);
        Assert.Equal(new[] { FingerprintOf(_authority), FingerprintOf(_other) }.Order(StringComparer.Ordinal), after.Authorities);
        Assert.Equal(before.Certificate, after.Certificate);
        Assert.Equal((0, ""), await StatusAsync(server, Tls));
    }

    private static string FingerprintOf(TestAuthority authority)
    {
        using var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(authority.Pem);
        return TlsCredentials.FingerprintOf(certificate);
    }

    private static void AssertTold(int expected, string reason, int exitCode, string error)
    {
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Equal(expected, exitCode);
    }

    private static string[] Options(CertificateFolder folder) => ["--tls-ca", folder.Authorities, "--tls-cert", folder.Certificate, "--tls-key", folder.Key];

    private static Task Eventually(Func<bool> condition) => Eventually(() => Task.FromResult(condition()));

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private static Task<(int ExitCode, string Error)> StatusAsync(AdminServer server, params string[] options) => RunAsync(server, ["status", .. options]);

    private static Task<(int ExitCode, string Error)> StatusAsync(AdminServer server, Dictionary<string, string> environment) => RunAsync(server, ["status"], environment);

    private static async Task<(int ExitCode, string Error)> RunAsync(AdminServer server, string[] arguments, Dictionary<string, string>? environment = null)
    {
        var error = new StringWriter { NewLine = "\n" };
        int exitCode = await AdminCommand.RunAsync(
            [.. arguments, "--host", $"127.0.0.1:{server.LocalEndPoint.Port}"], TextWriter.Null, error, name => environment?.GetValueOrDefault(name));
        return (exitCode, error.ToString());
    }
}

using MfsHa.Node.Configuration;
using MfsHa.Node.Security;
using MfsHa.TestCertificates;
using Microsoft.Extensions.Logging.Abstractions;

namespace MfsHa.Node.Tests.Configuration;

public sealed class SecurityConfigurationTests
{
    private const string LongToken = "0123456789abcdef";

    [Fact]
    public void Without_keys_there_is_neither_TLS_nor_a_token()
    {
        SecurityConfiguration security = Read.Node("").Security;
        Assert.Null(security.Tls);
        Assert.Equal(("", null), (security.Token, security.TokenFile));
    }

    [Fact]
    public void TLS_needs_its_three_files()
    {
        string[] errors = Read.Errors("MFSHA_TLS_ENABLE = 1\nMFSHA_TLS_CERT_PATH = /a\n");
        Assert.Equal(2, errors.Length);
        Assert.All(errors, static error => Assert.Matches("MFSHA_TLS_(KEY|CA)_PATH: expected a file, found nothing", error));
        Assert.Contains("expected absolute path", Assert.Single(Read.Errors("MFSHA_TLS_CA_PATH = ca.pem")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_stands_in_one_place_and_is_never_shown()
    {
        Assert.Contains("MFSHA_AUTH_TOKEN_FILE", Assert.Single(Read.Errors($"MFSHA_AUTH_TOKEN = {LongToken}\nMFSHA_AUTH_TOKEN_FILE = /t\n")), StringComparison.Ordinal);
        string error = Assert.Single(Read.Errors("MFSHA_AUTH_TOKEN = caf\u00E9-secret"));
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
        LoadedConfiguration loaded = Read.File($"MFSHA_AUTH_TOKEN = {LongToken}");
        Assert.Equal("[DEFINED]", loaded.Values.TextOf("MFSHA_AUTH_TOKEN"));
        Assert.DoesNotContain(LongToken, loaded.Node.Security.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_can_be_guessed_or_overheard_are_warned_about()
    {
        Assert.Contains(Read.File("MFSHA_AUTH_TOKEN = short").Warnings, static w => w.Contains("can be guessed", StringComparison.Ordinal));
        Assert.Contains(Read.File($"MFSHA_AUTH_TOKEN = {LongToken}").Warnings, static w => w.Contains("can read the token", StringComparison.Ordinal));
        Assert.DoesNotContain(Read.File($"MFSHA_AUTH_TOKEN = {LongToken}").Warnings, static w => w.Contains("can be guessed", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_that_cannot_be_used_are_refused_with_their_key()
    {
        using var folder = new CertificateFolder();
        using var authority = new TestAuthority("ca");
        folder.Write(authority.Issue("node", ["localhost"]), [authority]);
        string text = $"MFSHA_TLS_ENABLE = 1\nMFSHA_TLS_CERT_PATH = {folder.Certificate}\nMFSHA_TLS_KEY_PATH = {folder.Key}\nMFSHA_TLS_CA_PATH = {folder.Authorities}\nMFSHA_AUTH_TOKEN_FILE = {folder.Token}\n";
        Assert.Contains("mfsha.cfg:5: MFSHA_AUTH_TOKEN_FILE: expected a file that can be used", Refusal(text), StringComparison.Ordinal);
        folder.Write(token: LongToken);
        _ = new NodeSecurity(Read.File(text), NullLogger<NodeSecurity>.Instance, TimeProvider.System);
        File.WriteAllText(folder.Key, "nonsense");
        Assert.Contains("mfsha.cfg:3: MFSHA_TLS_KEY_PATH", Refusal(text), StringComparison.Ordinal);
    }

    private static string Refusal(string text) =>
        Assert.Throws<ConfigurationException>(() => new NodeSecurity(Read.File(text), NullLogger<NodeSecurity>.Instance, TimeProvider.System)).Message;
}

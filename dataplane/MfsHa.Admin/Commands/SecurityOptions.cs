using System.CommandLine;
using System.CommandLine.Parsing;
using MfsHa.Security;

namespace MfsHa.Admin.Commands;

/// <summary>
/// The options that say what to show to nodes. Each may be an environment variable instead, of the name of the node's key, so that in a node's container nothing needs to be given; MFSHA_AUTH_TOKEN
/// is a variable only, because command lines can be read by everybody. An empty variable counts as not set, and with MFSHA_TLS_ENABLE set to 0 those with paths count as not set, too.
/// </summary>
internal sealed class SecurityOptions
{
    private const string TokenVariable = "MFSHA_AUTH_TOKEN";
    private const string TlsVariable = "MFSHA_TLS_ENABLE";
    private static readonly string[] _off = ["0", "false", "no", "off"];

    private readonly Func<string, string?> _environment;

    public SecurityOptions(Func<string, string?> environment) => _environment = environment;

    public Option<string?> TokenFile { get; } = Path("--token-file", "File with the cluster's token (MFSHA_AUTH_TOKEN_FILE, or MFSHA_AUTH_TOKEN with the token itself).");

    public Option<string?> Authorities { get; } = Path("--tls-ca", "Certificates of the CAs that nodes' certificates must be signed by; with it nodes are called over TLS (MFSHA_TLS_CA_PATH).");

    public Option<string?> Certificate { get; } = Path("--tls-cert", "Certificate to show to nodes (MFSHA_TLS_CERT_PATH).");

    public Option<string?> Key { get; } = Path("--tls-key", "Its private key (MFSHA_TLS_KEY_PATH).");

    public IEnumerable<Option> All => [TokenFile, Authorities, Certificate, Key];

    /// <summary>Reads the files.</summary>
    /// <exception cref="SecurityFileException">One cannot be used.</exception>
    /// <exception cref="UsageException">The options do not fit together.</exception>
    public AdminCredentials Read(ParseResult parsed)
    {
        bool isOff = _off.Contains(Variable(TlsVariable), StringComparer.OrdinalIgnoreCase);
        string? authorities = parsed.GetValue(Authorities) ?? (isOff ? null : Variable("MFSHA_TLS_CA_PATH"));
        string? certificate = parsed.GetValue(Certificate) ?? (isOff ? null : Variable("MFSHA_TLS_CERT_PATH"));
        string? key = parsed.GetValue(Key) ?? (isOff ? null : Variable("MFSHA_TLS_KEY_PATH"));
        if ((certificate is null) != (key is null) || (certificate is not null && authorities is null))
        {
            throw new UsageException("--tls-cert, --tls-key and --tls-ca belong together: a certificate with its key, and the CAs that nodes are believed by");
        }

        TlsCredentials? tls = authorities is null ? null : new TlsFiles(authorities, certificate, key).Watch(TimeProvider.System).Current;
        return new AdminCredentials(tls, TokenOf(parsed)?.Own);
    }

    private SharedToken? TokenOf(ParseResult parsed)
    {
        string? direct = Variable(TokenVariable);
        if ((parsed.GetValue(TokenFile) ?? (direct is null ? Variable("MFSHA_AUTH_TOKEN_FILE") : null)) is { } path)
        {
            return new WatchedFiles<SharedToken>([path], contents => SharedToken.Read(path, contents[0]), TimeProvider.System).Current;
        }

        return direct is null ? null
            : SharedToken.TryParse(direct, out SharedToken token) ? token
            : throw new UsageException($"{TokenVariable}: expected printable ASCII without spaces");
    }

    private string? Variable(string name) => _environment(name)?.Trim() is { Length: > 0 } value ? value : null;

    private static Option<string?> Path(string name, string description) => new(name) { Description = description, HelpName = "FILE", Recursive = true };
}

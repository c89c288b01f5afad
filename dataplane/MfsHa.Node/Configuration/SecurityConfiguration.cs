using MfsHa.Node.Configuration.Keys;
using MfsHa.Security;

namespace MfsHa.Node.Configuration;

/// <summary>Who is let in by nodes and by the admin service.</summary>
/// <param name="Tls">Where the TLS material is; null without TLS.</param>
/// <param name="Token">The tokens as written in the file or the environment; empty for none.</param>
/// <param name="TokenFile">File with the tokens; null for none.</param>
public sealed record SecurityConfiguration(TlsFiles? Tls, string Token, string? TokenFile)
{
    internal static SecurityConfiguration From(ConfigurationValues values) => new(
        values.Get(SecurityKeys.TlsEnable)
            ? new TlsFiles(values.Get(SecurityKeys.AuthorityPath), values.Get(SecurityKeys.CertificatePath), values.Get(SecurityKeys.KeyPath))
            : null,
        values.Get(SecurityKeys.AuthToken),
        values.Get(SecurityKeys.AuthTokenFile) is { Length: > 0 } file ? file : null);

    /// <summary>Never shows the token.</summary>
    public override string ToString() => $"TLS {(Tls is null ? "off" : "on")}, token {(Token.Length > 0 || TokenFile is not null ? "wanted" : "not wanted")}";
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MfsHa.Operator.Cluster.Rendering;

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>What nodes get: the CAs that they trust, and the certificate that they show.</summary>
/// <param name="Authorities">The CAs in PEM.</param>
/// <param name="Certificate">The certificate.</param>
/// <param name="Version">Version of the Secret.</param>
public sealed record IssuedCertificate(string Authorities, CertificateFacts Certificate, string Version)
{
    /// <summary>Fingerprints of the CAs.</summary>
    public IReadOnlyList<string> Fingerprints { get; } = [.. CertificateFacts.AllOf(Authorities).Select(static c => c.Fingerprint).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Reads the Secret; null: there is none, or nothing in it that could be used.</summary>
    public static IssuedCertificate? Read(JsonObject? secret)
    {
        try
        {
            return secret is not null && SecretTexts.Text(secret, Paths.AuthoritiesFile) is { } authorities && SecretTexts.Text(secret, Paths.CertificateFile) is { } pem
                && SecretTexts.Text(secret, Paths.KeyFile) is not null && CertificateFacts.AllOf(pem) is [var certificate, ..]
                ? new IssuedCertificate(authorities, certificate, SecretTexts.Version(secret))
                : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}

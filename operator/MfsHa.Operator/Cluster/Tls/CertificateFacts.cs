using System.Security.Cryptography.X509Certificates;
using MfsHa.Security;

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>What decisions need of a certificate.</summary>
/// <param name="Fingerprint">SHA-256, as nodes tell it.</param>
/// <param name="KeyId">Identifier of its key; empty where it has none.</param>
/// <param name="IssuerKeyId">Identifier of the key that has signed it; empty where it does not say.</param>
/// <param name="NotBefore">From when it is good.</param>
/// <param name="NotAfter">Until when.</param>
public sealed record CertificateFacts(string Fingerprint, string KeyId, string IssuerKeyId, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    private const int RestOfLife = 3;

    /// <summary>Of all certificates of a text in PEM, in order.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">One of them is broken.</exception>
    public static IReadOnlyList<CertificateFacts> AllOf(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        CertificateFacts[] facts = [.. certificates.Select(Of)];
        foreach (X509Certificate2 certificate in certificates)
        {
            certificate.Dispose();
        }

        return facts;
    }

    /// <summary>A third of its life is left, or less: time for another one.</summary>
    public bool IsDue(DateTimeOffset now) => now >= NotAfter - ((NotAfter - NotBefore) / RestOfLife);

    private static CertificateFacts Of(X509Certificate2 certificate) => new(
        TlsCredentials.FingerprintOf(certificate),
        certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifier ?? "",
        certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } issuer ? Convert.ToHexString(issuer.Span) : "",
        certificate.NotBefore.ToUniversalTime(),
        certificate.NotAfter.ToUniversalTime());
}

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>A certificate with its private key, both in PEM.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Key">The key (PKCS #8, not encrypted).</param>
public sealed record KeyedCertificate(string Certificate, string Key)
{
    /// <summary>What decisions need of it.</summary>
    public CertificateFacts Facts { get; } = CertificateFacts.AllOf(Certificate) is [var first, ..] ? first : throw new FormatException("no certificate in PEM");

    /// <summary>Never shows the key.</summary>
    public override string ToString() => Facts.Fingerprint;
}

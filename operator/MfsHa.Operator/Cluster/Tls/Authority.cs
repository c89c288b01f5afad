using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MfsHa.Operator.Cluster.Rendering;

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>
/// The CA of a cluster as its Secret has it. That is also the record of a rotation: a next CA that is only trusted yet, then a former one that is still trusted.
/// </summary>
/// <param name="Signing">The CA that certificates are issued by; null: its key is lost.</param>
/// <param name="Next">The CA that will be; null: no rotation is in its first half.</param>
/// <param name="Former">Certificates of CAs that are still trusted and sign nothing any more, in PEM; null: no rotation is in its second half, or the key was lost.</param>
/// <param name="Mark">Which wish to rotate was fulfilled last; null: none.</param>
/// <param name="Version">Version of the Secret.</param>
public sealed record Authority(KeyedCertificate? Signing, KeyedCertificate? Next, string? Former, string? Mark, string Version)
{
    /// <summary>Keys of the CA that will be.</summary>
    public const string NextCertificateFile = "next.crt";

    /// <summary>Its key.</summary>
    public const string NextKeyFile = "next.key";

    /// <summary>CAs that were.</summary>
    public const string FormerFile = "former.crt";

    /// <summary>Annotation of the Secret: <see cref="Mark"/>.</summary>
    public const string MarkAnnotation = "mfsha.io/rotated";

    /// <summary>All CAs that are to be trusted now, in PEM.</summary>
    public string Trusted => Signing?.Certificate + Next?.Certificate + Former;

    /// <summary>Fingerprints of the same.</summary>
    public IReadOnlyList<string> TrustedFingerprints => [.. CertificateFacts.AllOf(Trusted).Select(static c => c.Fingerprint).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>True while two CAs are trusted.</summary>
    public bool IsRotating => Next is not null || Former is not null;

    /// <summary>Reads the Secret.</summary>
    /// <exception cref="FormatException">It does not hold a CA; the message says what it lacks.</exception>
    public static Authority Read(JsonObject secret)
    {
        try
        {
            KeyedCertificate? signing = Pair(secret, Paths.CertificateFile, Paths.KeyFile);
            KeyedCertificate? next = Pair(secret, NextCertificateFile, NextKeyFile);
            return signing is null && next is null
                ? throw new FormatException($"{Paths.CertificateFile} and {Paths.KeyFile} of a CA expected, found none")
                : new Authority(
                    signing, next, SecretTexts.Text(secret, FormerFile), secret["metadata"]?["annotations"]?[MarkAnnotation]?.GetValue<string>(), SecretTexts.Version(secret));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static KeyedCertificate? Pair(JsonObject secret, string certificate, string key) =>
        SecretTexts.Text(secret, certificate) is { } c && SecretTexts.Text(secret, key) is { } k ? new KeyedCertificate(c, k) : null;
}

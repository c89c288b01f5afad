using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MfsHa.Security;

/// <summary>A certificate with its key, and the CAs that are believed. Immutable.</summary>
public sealed class TlsCredentials
{
    private readonly X509Certificate2Collection _authorities;

    private TlsCredentials(X509Certificate2Collection authorities, SslStreamCertificateContext? own)
    {
        _authorities = authorities;
        Own = own;
    }

    /// <summary>The own certificate with its chain and key; null for none.</summary>
    public SslStreamCertificateContext? Own { get; }

    /// <summary>Fingerprints of the CAs that are believed, sorted.</summary>
    public IReadOnlyList<string> Authorities => [.. _authorities.Select(FingerprintOf).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>SHA-256 of a certificate (DER), 64 hexadecimal digits in lower case.</summary>
    public static string FingerprintOf(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <summary>Makes the credentials of the contents of the CA file and, if there are three of them, of the certificate's and the key's.</summary>
    /// <exception cref="SecurityFileException">They cannot be used.</exception>
    public static TlsCredentials Read(TlsFiles files, IReadOnlyList<byte[]> contents)
    {
        X509Certificate2Collection authorities = Certificates(files.Authorities, contents[0]);
        return contents.Count < 3 ? new TlsCredentials(authorities, null) : new TlsCredentials(authorities, OwnOf(files, contents[1], contents[2]));
    }

    /// <summary>
    /// How the other side's certificate is judged: signed by one of the CAs and by nothing else, within its time. Nothing is fetched from the network for it, wherever the
    /// certificate points to.
    /// </summary>
    public X509ChainPolicy NewPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    /// <summary>What a server asks of TLS. Clients' certificates are asked for; one without is refused unless <paramref name="allowNone"/>.</summary>
    public SslServerAuthenticationOptions ServerOptions(bool allowNone = false) => new()
    {
        ServerCertificateContext = Own ?? throw new InvalidOperationException("a server needs a certificate"),
        ClientCertificateRequired = true,
        CertificateChainPolicy = NewPolicy(),
        // A resumed session would go on with what was believed when it began.
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = allowNone
            ? static (_, _, _, errors) => errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNotAvailable
            : null,
    };

    /// <summary>What a client asks of TLS: the server's certificate must name <paramref name="host"/>.</summary>
    public SslClientAuthenticationOptions ClientOptions(string host) => new()
    {
        TargetHost = host,
        ClientCertificateContext = Own,
        CertificateChainPolicy = NewPolicy(),
        AllowTlsResume = false,
    };

    /// <summary>Why others that believe the same CAs refuse the own certificate now; null when they have no reason.</summary>
    public string? OwnFlaw()
    {
        if (Own is null)
        {
            return null;
        }

        using var chain = new X509Chain { ChainPolicy = NewPolicy() };
        chain.ChainPolicy.ExtraStore.AddRange(Own.IntermediateCertificates.ToArray());
        if (chain.Build(Own.TargetCertificate))
        {
            return null;
        }

        string reasons = string.Join(", ", chain.ChainStatus.Select(static s => s.Status).Distinct());
        return $"the own certificate {Own.TargetCertificate.Subject}, valid from {Own.TargetCertificate.NotBefore.ToUniversalTime():u} to {Own.TargetCertificate.NotAfter.ToUniversalTime():u}, is refused by the CAs of this node's own CA file: {reasons}";
    }

    private static X509Certificate2Collection Certificates(string path, byte[] content)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.Latin1.GetString(content));
        }
        catch (CryptographicException e)
        {
            throw new SecurityFileException(path, $"holds a broken certificate: {e.Message}", e);
        }

        return certificates.Count > 0 ? certificates : throw new SecurityFileException(path, "holds no certificate in PEM (BEGIN CERTIFICATE)");
    }

    private static SslStreamCertificateContext OwnOf(TlsFiles files, byte[] certificate, byte[] key)
    {
        X509Certificate2Collection chain = Certificates(files.Certificate!, certificate);
        try
        {
            X509Certificate2 own = X509Certificate2.CreateFromPem(Encoding.Latin1.GetString(certificate), Encoding.Latin1.GetString(key));
            chain.RemoveAt(0);
            return SslStreamCertificateContext.Create(own, chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SecurityFileException(files.Key!, $"is not the unencrypted private key, in PEM, of the certificate in {files.Certificate}: {e.Message}", e);
        }
    }
}

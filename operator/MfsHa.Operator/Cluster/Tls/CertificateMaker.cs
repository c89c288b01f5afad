using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>Makes keys and certificates (ECDSA P-256). What is made is random; when it is good is said by the order.</summary>
public static class CertificateMaker
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private const int SerialBytes = 16;

    /// <summary>Digits of the key's identifier in a CA's name: two CAs of a cluster, which are trusted at the same time, must not have one name.</summary>
    private const int NameDigits = 8;

    /// <summary>A CA that signs itself.</summary>
    public static KeyedCertificate MakeAuthority(CertificateOrder order)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = new X509SubjectKeyIdentifierExtension(new PublicKey(key), critical: false);
        CertificateRequest request = Request($"{order.Name} {id.SubjectKeyIdentifier![..NameDigits]}", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(id);
        using X509Certificate2 made = request.CreateSelfSigned(order.From, order.Until);
        return new KeyedCertificate(made.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>A certificate for servers and clients; it ends with its CA at the latest.</summary>
    public static KeyedCertificate Issue(CertificateOrder order, KeyedCertificate authority)
    {
        using var signer = X509Certificate2.CreateFromPem(authority.Certificate, authority.Key);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(order.Name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(signer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in order.Hosts)
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset from = Later(order.From, authority.Facts.NotBefore);
        DateTimeOffset until = order.Until < authority.Facts.NotAfter ? order.Until : authority.Facts.NotAfter;
        using X509Certificate2 made = request.Create(signer, from, until, RandomNumberGenerator.GetBytes(SerialBytes));
        return new KeyedCertificate(made.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        return new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
    }
}

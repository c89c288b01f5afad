using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MfsHa.TestCertificates;

/// <summary>A CA that lives as long as a test.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly X509Certificate2 certificate;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow - (30 * Day), DateTimeOffset.UtcNow + (30 * Day));
    }

    /// <summary>The CA's own certificate.</summary>
    public string Pem => certificate.ExportCertificatePem();

    /// <summary>A certificate for a node or an administrator.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="hosts">Names and addresses that it stands for.</param>
    /// <param name="isExpired">True: its time was over yesterday.</param>
    public TestCertificate Issue(string name, IEnumerable<string> hosts, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerUse, ClientUse], false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        var (from, until) = isExpired ? (DateTimeOffset.UtcNow - (10 * Day), DateTimeOffset.UtcNow - Day) : (DateTimeOffset.UtcNow - Day, DateTimeOffset.UtcNow + Day);
        using var issued = request.Create(certificate, from, until, RandomNumberGenerator.GetBytes(8));
        return new TestCertificate(issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => certificate.Dispose();
}

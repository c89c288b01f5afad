namespace MfsHa.TestCertificates;

/// <summary>The three files of a program, in a folder of their own.</summary>
public sealed class CertificateFolder : IDisposable
{
    private readonly bool isOwn;

    /// <param name="path">Where; null for a new folder, which goes with this.</param>
    public CertificateFolder(string? path = null)
    {
        isOwn = path is null;
        Path = path ?? Directory.CreateTempSubdirectory("mfsha-tls").FullName;
    }

    public string Path { get; }

    public string Authorities => System.IO.Path.Combine(Path, "ca.pem");

    public string Certificate => System.IO.Path.Combine(Path, "tls.crt");

    public string Key => System.IO.Path.Combine(Path, "tls.key");

    public string Token => System.IO.Path.Combine(Path, "token");

    /// <summary>Writes the files that are given; each appears at once, as with tools that know what they do.</summary>
    public CertificateFolder Write(TestCertificate? certificate = null, IEnumerable<TestAuthority>? trusted = null, string? token = null)
    {
        if (trusted is not null)
        {
            Replace(Authorities, string.Concat(trusted.Select(static authority => authority.Pem + "\n")));
        }

        if (certificate is not null)
        {
            Replace(Key, certificate.KeyPem + "\n");
            Replace(Certificate, certificate.Pem + "\n");
        }

        if (token is not null)
        {
            Replace(Token, token + "\n");
        }

        return this;
    }

    /// <summary>What a node's configuration needs to use the files.</summary>
    public Dictionary<string, string> Settings() => new()
    {
        ["MFSHA_TLS_ENABLE"] = "1",
        ["MFSHA_TLS_CERT_PATH"] = Certificate,
        ["MFSHA_TLS_KEY_PATH"] = Key,
        ["MFSHA_TLS_CA_PATH"] = Authorities,
        ["MFSHA_AUTH_TOKEN_FILE"] = Token,
    };

    public void Dispose()
    {
        if (isOwn)
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    private static void Replace(string path, string content)
    {
        File.WriteAllText(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }
}

namespace MfsHa.Security;

/// <summary>Where a program's TLS material is, in PEM files.</summary>
/// <param name="Authorities">Certificates of the CAs whose certificates are believed; several while they are replaced.</param>
/// <param name="Certificate">Its own certificate, intermediate ones behind it; null for none.</param>
/// <param name="Key">The private key of its own certificate, not encrypted; null without a certificate.</param>
public sealed record TlsFiles(string Authorities, string? Certificate, string? Key)
{
    /// <summary>Reads the files, now and again when they change.</summary>
    /// <exception cref="SecurityFileException">One cannot be read or used.</exception>
    public WatchedFiles<TlsCredentials> Watch(TimeProvider time, Action<string>? changed = null, Action<string>? failed = null)
    {
        string[] paths = Certificate is null || Key is null ? [Authorities] : [Authorities, Certificate, Key];
        return new WatchedFiles<TlsCredentials>(paths, contents => TlsCredentials.Read(this, contents), time, changed, failed);
    }
}

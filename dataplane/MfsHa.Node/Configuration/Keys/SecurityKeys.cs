using MfsHa.Node.Configuration.Formats;
using static MfsHa.Node.Configuration.Keys.KeySection;

namespace MfsHa.Node.Configuration.Keys;

/// <summary>Who is let in at MFSHA_PORT and MFSHA_ADMIN_PORT.</summary>
public static class SecurityKeys
{
    /// <summary><c>MFSHA_TLS_ENABLE</c>.</summary>
    public static readonly ConfigurationKey<bool> TlsEnable = Key(
        "MFSHA_TLS_ENABLE", TextFormats.Flag, "0", ReloadClass.Restart,
        "1: MFSHA_PORT and MFSHA_ADMIN_PORT speak TLS only, and both sides need a certificate of the CAs of MFSHA_TLS_CA_PATH; the same on all nodes. "
        + "/healthz, /readyz and /metrics are served over HTTPS to clients without a certificate, too. The files are read again when they change; connections that exist stay.");

    /// <summary><c>MFSHA_TLS_CERT_PATH</c>.</summary>
    public static readonly ConfigurationKey<string> CertificatePath = Key(
        "MFSHA_TLS_CERT_PATH", TextFormats.OptionalAbsolutePath, "", ReloadClass.Restart,
        "This node's certificate (PEM), intermediate ones behind it. Its names must include the host that MFSHA_PEERS gives for this node, and the names by which mfsha-admin calls it; "
        + "where it limits its use, server and client authentication are both needed.");

    /// <summary><c>MFSHA_TLS_KEY_PATH</c>.</summary>
    public static readonly ConfigurationKey<string> KeyPath = Key(
        "MFSHA_TLS_KEY_PATH", TextFormats.OptionalAbsolutePath, "", ReloadClass.Restart, "The certificate's private key (PEM, not encrypted); the working user must be able to read it.");

    /// <summary><c>MFSHA_TLS_CA_PATH</c>.</summary>
    public static readonly ConfigurationKey<string> AuthorityPath = Key(
        "MFSHA_TLS_CA_PATH", TextFormats.OptionalAbsolutePath, "", ReloadClass.Restart,
        "Certificates of the CAs (PEM) whose certificates are let in; to replace a CA, the old and the new one together. These CAs must sign nothing but this cluster's nodes and administrators.");

    /// <summary><c>MFSHA_AUTH_TOKEN</c>.</summary>
    public static readonly ConfigurationKey<string> AuthToken = Key(
        "MFSHA_AUTH_TOKEN", TextFormats.Text, "", ReloadClass.Reload,
        "Token that nodes and callers of the admin service must show, the same on all nodes; printable ASCII without spaces. Several, separated by spaces: the first is shown, all are accepted, "
        + "so that a token can be replaced. Empty: none is needed. Without TLS whoever can listen to the network can read it.", secret: true);

    /// <summary><c>MFSHA_AUTH_TOKEN_FILE</c>.</summary>
    public static readonly ConfigurationKey<string> AuthTokenFile = Key(
        "MFSHA_AUTH_TOKEN_FILE", TextFormats.OptionalAbsolutePath, "", ReloadClass.Restart, "A file with the token or tokens, one a line, instead of MFSHA_AUTH_TOKEN; read again when it changes.");

    /// <summary>All of them.</summary>
    public static KeySection Section { get; } = new("Security", [TlsEnable, CertificatePath, KeyPath, AuthorityPath, AuthToken, AuthTokenFile]);
}

namespace MfsHa.Operator.Cluster.Rendering;

/// <summary>Files and directories in a node's container (Dockerfile.node).</summary>
public static class Paths
{
    /// <summary>The node's volume.</summary>
    public const string Data = "/var/lib/mfsha";

    /// <summary>Where the ConfigMap is.</summary>
    public const string Configuration = "/etc/mfsha";

    /// <summary>The node's configuration in it.</summary>
    public const string ConfigurationFile = "mfsha.cfg";

    /// <summary>The exports in it.</summary>
    public const string ExportsFile = "mfsexports.cfg";

    /// <summary>MFSHA_PEERS in it.</summary>
    public const string PeersFile = "peers";

    /// <summary>MFSHA_FORM_CLUSTER in it.</summary>
    public const string FormFile = "form";

    /// <summary>Where the token's Secret is.</summary>
    public const string Token = "/etc/mfsha-token";

    /// <summary>The token in it.</summary>
    public const string TokenFile = "token";

    /// <summary>Where the Secret of certificates is.</summary>
    public const string Tls = "/etc/mfsha-tls";

    /// <summary>The CAs in it.</summary>
    public const string AuthoritiesFile = "ca.crt";

    /// <summary>The certificate in it.</summary>
    public const string CertificateFile = "tls.crt";

    /// <summary>Its key in it.</summary>
    public const string KeyFile = "tls.key";

    /// <summary>The programs.</summary>
    public const string Programs = "/opt/mfsha";
}

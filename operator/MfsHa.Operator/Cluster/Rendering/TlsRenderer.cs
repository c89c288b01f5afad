using k8s.Models;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster.Rendering;

/// <summary>What containers with mfsha's programs get of certificates. Nodes and mfsha-admin read the same variables.</summary>
public static class TlsRenderer
{
    /// <summary>Name of the volume, by which it is known whether nodes speak TLS.</summary>
    public const string Volume = "tls";

    /// <summary>Variables; none without TLS.</summary>
    /// <param name="tls">What the cluster says.</param>
    /// <param name="isNode">False: a container that only calls nodes.</param>
    public static IEnumerable<V1EnvVar> Environment(TlsSpec? tls, bool isNode) => tls is null
        ? []
        :
        [
            .. isNode ? [new V1EnvVar { Name = "MFSHA_TLS_ENABLE", Value = "1" }] : Array.Empty<V1EnvVar>(),
            new V1EnvVar { Name = "MFSHA_TLS_CA_PATH", Value = $"{Paths.Tls}/{Paths.AuthoritiesFile}" },
            new V1EnvVar { Name = "MFSHA_TLS_CERT_PATH", Value = $"{Paths.Tls}/{Paths.CertificateFile}" },
            new V1EnvVar { Name = "MFSHA_TLS_KEY_PATH", Value = $"{Paths.Tls}/{Paths.KeyFile}" },
        ];

    /// <summary>The volume with where it is mounted; none without TLS.</summary>
    public static IEnumerable<(V1Volume Volume, string Path)> Volumes(ClusterNames names, TlsSpec? tls) =>
        tls is null ? [] : [(new V1Volume { Name = Volume, Secret = new V1SecretVolumeSource { SecretName = SecretOf(names, tls) } }, Paths.Tls)];

    /// <summary>The Secret that nodes read; empty where the specification names none and should.</summary>
    public static string SecretOf(ClusterNames names, TlsSpec tls) => tls.IsOperators ? names.Certificates : tls.SecretName ?? "";
}

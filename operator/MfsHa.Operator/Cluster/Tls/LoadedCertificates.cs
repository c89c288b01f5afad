using System.Globalization;
using k8s.Models;
using MfsHa.Admin.Contract;
using MfsHa.Operator.Cluster.Observation;

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>What nodes say of the certificates that are in force there; only that counts, and not what they should have read by now.</summary>
public static class LoadedCertificates
{
    /// <summary>Which node does not trust all of these CAs, or does not say; null: all do.</summary>
    public static string? NotTrusting(ObservedCluster observed, IReadOnlyList<string> authorities) =>
        FirstOf(observed, tls => authorities.All(tls.Authorities.Contains), "does not trust the new CA yet");

    /// <summary>Which node does not show this certificate, or does not say; null: all do.</summary>
    public static string? NotShowing(ObservedCluster observed, CertificateFacts certificate) =>
        FirstOf(observed, tls => tls.Certificate == certificate.Fingerprint, "does not show the new certificate yet");

    /// <summary>Which of the nodes that answer has not read exactly this; null: all have.</summary>
    public static string? NotRead(ObservedCluster observed, IssuedCertificate issued)
    {
        foreach ((int node, TlsDetails tls) in (observed.NodeTls ?? new Dictionary<int, TlsDetails>()).OrderBy(static n => n.Key))
        {
            if (tls.Certificate != issued.Certificate.Fingerprint || !tls.Authorities.SequenceEqual(issued.Fingerprints))
            {
                return string.Create(CultureInfo.InvariantCulture, $"node {node} has not read its certificates yet");
            }
        }

        return null;
    }

    // Every pod, also one that is no member yet or about to go; and every member, also one without a pod: a node that is away may come back with what it had.
    private static string? FirstOf(ObservedCluster observed, Func<TlsDetails, bool> has, string lack)
    {
        foreach (V1Pod pod in observed.Pods)
        {
            if (observed.NodeTls?.GetValueOrDefault(observed.Names.NodeOf(pod.Metadata.Name) ?? 0) is not { } tls)
            {
                return $"{pod.Metadata.Name} does not say which certificates it has read";
            }

            if (!has(tls))
            {
                return $"{pod.Metadata.Name} {lack}";
            }
        }

        return observed.Members.FirstOrDefault(m => observed.PodOf(m) is null) is > 0 and int away
            ? string.Create(CultureInfo.InvariantCulture, $"node {away} has no pod")
            : null;
    }
}

using k8s.Models;
using MfsHa.Operator.Cluster.Actions;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster.Tls;

/// <summary>
/// The next change of the two Secrets, one at a time; pure. A CA is replaced so that any two nodes trust each other at every moment, whichever contents each of them has read:
/// a next CA is made; both are trusted; when every node has been seen to trust both, the next one issues; when every node has been seen to show its certificate, the former one is
/// dropped. All of it is told by the Secrets themselves, so an operator that takes over goes on.
/// </summary>
public static class CertificatePlan
{
    /// <summary>Clocks of machines may differ by that much.</summary>
    private static readonly TimeSpan _clocks = TimeSpan.FromHours(1);

    /// <summary>The next change; null: there is none, or nodes are waited for (<see cref="WaitsFor"/>).</summary>
    /// <param name="observed">What was observed.</param>
    /// <param name="authority">The CA; null: there is none.</param>
    /// <param name="issued">What nodes get; null: nothing yet.</param>
    public static ClusterAction? Next(ObservedCluster observed, Authority? authority, IssuedCertificate? issued)
    {
        TlsSpec spec = observed.Cluster.Spec.Tls!;
        ClusterNames names = observed.Names;
        if (authority is null)
        {
            return new ClusterAction.CreateAuthority(Secret(observed, names.Authority, Mark(observed)), AuthorityOrder(observed, spec), issued?.Authorities);
        }

        // A next CA signs nothing before all trust it; but there may be no other one, and nothing that nodes could go on with.
        KeyedCertificate? signer = authority.Signing ?? (issued is null ? authority.Next : null);
        bool isStranger = signer is not null && issued?.Certificate.IssuerKeyId != signer.Facts.KeyId;
        if (signer is not null && (issued is null || isStranger || issued.Certificate.IsDue(observed.Now)))
        {
            return new ClusterAction.IssueCertificate(
                Secret(observed, names.Certificates, mark: null),
                observed.Objects.TryGetValue(new ObjectName("Secret", names.Certificates), out var present) ? SecretTexts.Version(present) : null,
                new CertificateOrder(names.Name, [$"*.{names.Peers}.{names.Namespace}.svc", "localhost"], observed.Now - _clocks, observed.Now + TimeSpan.FromDays(spec.CertificateDays)),
                signer,
                authority.Trusted);
        }

        if (issued is null)
        {
            return null;
        }

        if (!issued.Fingerprints.SequenceEqual(authority.TrustedFingerprints))
        {
            return new ClusterAction.ChangeSecret(
                names.Certificates, issued.Version, new Dictionary<string, string?> { [Paths.AuthoritiesFile] = authority.Trusted },
                authority.IsRotating ? "have nodes trust both CAs" : "have nodes trust the new CA alone");
        }

        if (WaitsFor(observed, authority, issued) is not null)
        {
            return null;
        }

        if (authority.Next is { } next)
        {
            return new ClusterAction.ChangeSecret(
                names.Authority,
                authority.Version,
                new Dictionary<string, string?>
                {
                    [Paths.CertificateFile] = next.Certificate,
                    [Paths.KeyFile] = next.Key,
                    [Authority.FormerFile] = authority.Signing?.Certificate + authority.Former,
                    [Authority.NextCertificateFile] = null,
                    [Authority.NextKeyFile] = null,
                },
                "have the new CA issue certificates: all nodes trust it");
        }

        if (authority.Former is not null)
        {
            return new ClusterAction.ChangeSecret(
                names.Authority, authority.Version, new Dictionary<string, string?> { [Authority.FormerFile] = null }, "drop the former CA: all nodes show certificates of the new one");
        }

        string? mark = Mark(observed);
        bool isWanted = mark is not null && mark != authority.Mark;
        return isWanted || authority.Signing!.Facts.IsDue(observed.Now) ? new ClusterAction.AddAuthority(names.Authority, authority.Version, AuthorityOrder(observed, spec), mark) : null;
    }

    /// <summary>Which node a rotation waits for; null: none, or no rotation is under way.</summary>
    public static string? WaitsFor(ObservedCluster observed, Authority authority, IssuedCertificate issued) =>
        authority.Next is not null ? LoadedCertificates.NotTrusting(observed, authority.TrustedFingerprints)
        : authority.Former is not null ? LoadedCertificates.NotShowing(observed, issued.Certificate)
        : null;

    /// <summary>The wish to rotate; null: nobody has had one.</summary>
    public static string? Mark(ObservedCluster observed) =>
        observed.Cluster.Metadata.Annotations?.TryGetValue(V1MfsHaCluster.RotateAuthorityAnnotation, out string? mark) == true ? mark : null;

    private static CertificateOrder AuthorityOrder(ObservedCluster observed, TlsSpec spec) =>
        new($"{observed.Names.Name} CA", [], observed.Now - _clocks, observed.Now + TimeSpan.FromDays(spec.AuthorityDays));

    private static V1Secret Secret(ObservedCluster observed, string name, string? mark)
    {
        V1ObjectMeta metadata = Desired.Metadata(observed.Cluster, name);
        metadata.Annotations = mark is null ? null : new Dictionary<string, string> { [Authority.MarkAnnotation] = mark };
        return new V1Secret { Metadata = metadata };
    }
}

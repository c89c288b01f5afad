using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using MfsHa.Operator.Backups;
using MfsHa.Operator.Cluster.Observation;
using MfsHa.Operator.Cluster.Rendering;
using MfsHa.Operator.Entities;

namespace MfsHa.Operator.Cluster.Steps;

/// <summary>What the schema cannot say, and what an older API server does not check.</summary>
public static partial class Validate
{
    /// <summary>Done, or all that is wrong.</summary>
    public static StepResult Run(ObservedCluster observed)
    {
        string[] errors = [.. Errors(observed)];
        return errors.Length == 0 ? StepResult.Go() : StepResult.Fail(string.Join("; ", errors));
    }

    private static IEnumerable<string> Errors(ObservedCluster observed)
    {
        MfsHaClusterSpec spec = observed.Cluster.Spec;
        string name = observed.Names.Name;
        if (name.Length > ClusterNames.MaxLength || !Name().IsMatch(name))
        {
            yield return $"metadata.name: at most {ClusterNames.MaxLength} lower case letters, digits and '-', beginning with a letter, expected; found {name}";
        }

        if (spec.Replicas is not (1 or 3 or 5 or 7))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"spec.replicas: 1, 3, 5 or 7 expected, found {spec.Replicas}: an even number survives no more losses than one less");
        }

        if (spec.Shards is < 1 or > 64)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"spec.shards: 1..64 expected, found {spec.Shards}");
        }

        foreach ((string key, string value) in spec.Config ?? new Dictionary<string, string>())
        {
            if (NodeConfigurationFile.OwnKeys.Contains(key))
            {
                yield return $"spec.config.{key}: the operator sets this key";
            }
            else if (!Key().IsMatch(key))
            {
                yield return $"spec.config.{key}: a key of mfsha.cfg expected (docs/configuration.md)";
            }
            else if (value.AsSpan().ContainsAny('\n', '\r', '\0'))
            {
                yield return $"spec.config.{key}: one line expected";
            }
        }

        foreach ((string field, BackupFile? file) in new[] { ("fromBackup", spec.Bootstrap?.FromBackup), ("fromMetadata", spec.Bootstrap?.FromMetadata) })
        {
            if (file is not null && BackupPlaces.FlawOf($"spec.bootstrap.{field}", file) is { } wrong)
            {
                yield return wrong;
            }
        }

        if (spec.Bootstrap?.FromMetadata?.S3 is not null)
        {
            yield return "spec.bootstrap.fromMetadata.s3: only backups are fetched from an object store, because only they have a manifest: bring the file to a volume";
        }

        if (spec.Tls is { } tls && tls.IsOperators == tls.SecretName is not null)
        {
            yield return "spec.tls: secretName, or mode: Operator, expected";
        }

        if (spec.Tls is { IsOperators: false, SecretName: { } secret } && (secret == observed.Names.Authority || secret == observed.Names.Certificates))
        {
            yield return $"spec.tls.secretName: {secret} is the name of a Secret that the operator makes with mode: Operator; another one expected";
        }

        if (spec.Tls is { IsOperators: true } own && (own.CertificateDays < 1 || own.AuthorityDays < TlsSpec.CertificateLives * own.CertificateDays))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"spec.tls.authorityDays: at least {TlsSpec.CertificateLives} times certificateDays expected, found {own.AuthorityDays} with {own.CertificateDays}");
        }

        if (observed.TlsFlaw is { } flaw)
        {
            yield return $"spec.tls.secretName: {flaw}";
        }

        if (Growth.FlawOf(observed) is { } larger)
        {
            yield return larger;
        }

        foreach (string error in Fixed(observed))
        {
            yield return error;
        }
    }

    // What cannot change once there are nodes.
    private static IEnumerable<string> Fixed(ObservedCluster observed)
    {
        MfsHaClusterSpec spec = observed.Cluster.Spec;
        if (observed.Nodes is { Groups.Count: > 1 } status && status.Groups.Max(static g => g.Group) != spec.Shards)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"spec.shards: the cluster has {status.Groups.Max(static g => g.Group)} shards, found {spec.Shards}: the number is fixed when a cluster is created");
        }

        V1Volume? present = observed.StatefulSet?.Spec.Template.Spec.Volumes?.FirstOrDefault(static v => v.Name == TlsRenderer.Volume);
        if (observed.StatefulSet is not null && present is not null is bool speaks && speaks != spec.Tls is not null)
        {
            yield return $"spec.tls: nodes {(speaks ? "speak TLS" : "do not speak TLS")}, and those that do do not reach those that do not: it is decided when a cluster is created. {Remedy(observed)}";
        }

        if (present is not null && spec.Tls is { } tls && (present.Secret?.SecretName == observed.Names.Certificates) != tls.IsOperators)
        {
            yield return $"spec.tls.mode: nodes with certificates of one CA do not believe those of another: it is decided when a cluster is created. {Remedy(observed)}";
        }

        if (observed.StatefulSet?.Spec.VolumeClaimTemplates is [var claim, ..])
        {
            if (spec.Storage.StorageClassName is { } wanted && claim.Spec.StorageClassName != wanted)
            {
                yield return $"spec.storage.storageClassName: the volumes are of class {claim.Spec.StorageClassName ?? "(default)"}, found {wanted}: it cannot be changed";
            }
        }
    }

    // Nothing but the volumes has to stay: nodes on them go on with whatever certificates they are given.
    private static string Remedy(ObservedCluster observed) =>
        "The nodes run on as they are. To change it all of them have to stop for a minute, while clients wait: "
        + (observed.Cluster.Spec.DeletionPolicy == "Retain" ? "" : "set spec.deletionPolicy: Retain, so that the volumes stay; ")
        + $"delete MfsHaCluster {observed.Names.Name}, and apply it again with the other spec.tls: a cluster of the same name goes on with the volumes";

    [GeneratedRegex("^[a-z]([-a-z0-9]*[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
